"""A stranger adds a label: [Mg/Fe] of ASPCAP, which the released SLAM table lacks.

Four files of the code are changed, each in one place, and the configuration: the
label's entry in the registry, its columns in the reader of ASPCAP, its truth in the
simulation, and the column of the simulated file. The simulation draws it from random
streams of its own (`rng.spawn`), so that all other stars stay what they were.
"""

import subprocess
import sys

import numpy as np
import pytest
import yaml

from mdwarfs import tables
from mdwarfs.tables.matching import match
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

NAME, BIT = "mg_fe", 131072
ENTRY = """    Label(
        name="mg_fe", unit="dex", text="[Mg/Fe]",
        words="[Mg/Fe]", short="[Mg/Fe]", tex="[Mg/Fe]", decimals=2,
        possible=(-2.0, 2.0), error=(0.0, 3.0), dwarf=(-1.0, 1.5),
        source="aspcap", lacking="ASPCAP [Mg/Fe]", abundance=True, step=0.03,
        outside=131072,
    ),
)  # fmt: skip

BY_SOURCE"""
CHANGES = {
    "labels.py": (")  # fmt: skip\n\nBY_SOURCE", ENTRY),
    "catalogues/astra.py": (
        '"snr_apogee": "snr",\n    },\n    "slam"',
        '"snr_apogee": "snr",\n        "mg_fe": ("mg_h", "fe_h"), '
        '"e_mg_fe": ("e_mg_h", "e_fe_h"),\n    },\n    "slam"',
    ),
    "simulation/stars.py": (
        '"alpha_m": alpha}',
        '"alpha_m": alpha,\n        '
        '"mg_fe": 1.1 * alpha + rng.spawn(1)[0].normal(0, 0.02, n)}',
    ),
    "simulation/measurements.py": (
        '"fe_h": feh, "e_fe_h"',
        '"mg_h": feh + np.asarray(stars["mg_fe"])\n'
        "        + rng.spawn(1)[0].normal(0, 0.02, n),\n"
        '        "e_mg_h": np.full(n, 0.02), "fe_h": feh, "e_fe_h"',
    ),
}
TINY = {
    "run": "simulated-label",
    "simulation": {"scale": 0.08},
    "spectra": {"wave_min": 6900.0, "wave_max": 8900.0, "step_dex": 5.0e-4},
    "slam": {
        "labels": ["feh_niu", "feh", "alpha_m", "teff", "logg", NAME],
        "folds": 2,
        "grid": {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]},
    },
    "prediction": {"usable": {NAME: [-0.1, 0.2]}},
    "uncertainty": {"min_per_bin": 5, "parts": 2, "snr_bins": 2},
}
RESULTS, FIGURES = "results/simulated-label", "figures/simulated-label"

# What only a run with candidates of released labels does, and what a figure shows.
INSIDE = f"""
import yaml
from mdwarfs import tables
from mdwarfs.audit.invariants import violations
from mdwarfs.figures import diagnostic_pulls
from mdwarfs.slam.infer.released import add_released
from mdwarfs.recovery.pulls import pulls
from mdwarfs.validation import calibration, fit_limits, uncertainty
from mdwarfs.validation.catalogue import publish
from mdwarfs.validation.pulls import widths_by_snr

def read(name):
    return tables.read(f"{RESULTS}/{{name}}")

with open(f"{RESULTS}/audit/config.yaml") as file:
    config = yaml.safe_load(file)
prediction, names = config["prediction"], config["slam"]["labels"]
candidates = read("samples/candidates.fits")
released = read("catalogues/astra_slam.fits")
joined = add_released(
    read("slam/predictions.fits")[::2], candidates, released, names, prediction
)
catalogue = publish(
    candidates,
    joined,
    uncertainty.power_laws(read("validation/power_laws.ecsv")),
    calibration.calibrations(read("validation/calibration.ecsv")),
    fit_limits.limits_of(read("validation/fit_limits.ecsv")),
)
tables.write(catalogue, "with_released.fits", {{"run": "x", "simulated": True}})
problems = violations(
    {{"catalogue/slam_labels.fits": catalogue, "samples/candidates.fits": candidates}}
)
assert problems == {{}}, problems
found = pulls(
    read("raw/truth.fits"), read("catalogue/slam_labels.fits"),
    read("samples/split.fits"), prediction["usable"],
)
figure = diagnostic_pulls.draw(widths_by_snr(found, 2), found)
print([axes.get_title() for axes in figure.axes])
"""


@pytest.fixture(scope="module")
def finished(root, tmp_path_factory):
    """A copy of the checkout with the label, in which a tiny survey has run."""
    checkout = copy_of(root, tmp_path_factory.mktemp("label"))
    for name, (old, new) in CHANGES.items():
        path = checkout.path / "workflow" / "mdwarfs" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name}: the place of the change is gone"
        path.write_text(text.replace(old, new), encoding="utf-8")
    (checkout.path / "tiny.yaml").write_text(yaml.safe_dump(TINY), encoding="utf-8")
    checkout.snakemake(
        "--cores", "1",
        f"{RESULTS}/comparisons/released.fits",
        f"{RESULTS}/diagnostics/sensitivity.ecsv",
        f"{RESULTS}/diagnostics/injected_sensitivity.ecsv",
        f"{RESULTS}/audit/config.yaml",
        f"{RESULTS}/audit/recovery.ecsv",
        f"{RESULTS}/tables/table_3.fits",
        f"{RESULTS}/tables/table_4.fits",
        f"{FIGURES}/diagnostic_pulls.png",
        configfile="tiny.yaml",
    )  # fmt: skip
    return checkout.path


@pytest.fixture(scope="module")
def read(finished):
    return lambda name: tables.read(finished / RESULTS / name)


def test_the_training_stars_have_it_or_lack_it_by_name(read):
    labels, truth = read("samples/labels.fits"), read("raw/truth.fits")
    assert labels.colnames.index(NAME) < labels.colnames.index("labelled")
    sound = labels[labels["labelled"]]
    true = truth[match(sound["source_id"], truth["source_id"])]
    assert np.std(sound[NAME] - true[NAME]) < 0.03 < np.std(true[NAME])
    assert np.allclose(sound[f"e_{NAME}"], np.hypot(0.02, 0.03))
    lacking = np.asarray(labels["reason"][~labels["labelled"]], str)
    assert "no ASPCAP [alpha/M]; no ASPCAP [Mg/Fe]" in lacking


def test_it_is_trained_and_predicted(read):
    catalogue, truth = read("catalogue/slam_labels.fits"), read("raw/truth.fits")
    fine = catalogue["reason"] == ""
    for name in (NAME, f"e_{NAME}", f"sigma_{NAME}", f"formal_e_{NAME}"):
        assert np.isfinite(catalogue[name][fine]).all()
        assert str(catalogue[name].unit) == "dex"
        assert np.isnan(catalogue[name][~fine]).all()
    sound = catalogue[fine & (catalogue["snr"] > 8)]
    true = truth[match(sound["source_id"], truth["source_id"])]
    # Chance gives a correlation of 1 / sqrt(n).
    assert np.corrcoef(sound[NAME], true[NAME])[0, 1] > 4 / np.sqrt(len(sound))


def test_its_usable_range_has_a_bit_of_its_own(read):
    catalogue = read("catalogue/slam_labels.fits")
    low, high = TINY["prediction"]["usable"][NAME]
    outside = (catalogue[NAME] < low) | (catalogue[NAME] > high)
    assert outside.any()
    assert np.array_equal((catalogue["flags"] & BIT) > 0, outside)
    named = np.char.find(np.asarray(catalogue["flag_names"], str), "outside_mg_fe") >= 0
    assert np.array_equal(named, outside)


def test_what_the_released_table_lacks_is_not_compared(read):
    released = read("comparisons/released.fits")
    assert "alpha_m_ref" in released.colnames and NAME not in released.colnames


def test_tables_and_diagnostics_have_it(read):
    for number in (3, 4):
        table = read(f"tables/table_{number}.fits")
        assert table.colnames[-2:] == [NAME, f"e_{NAME}"]
    assert NAME in read("audit/recovery.ecsv")["label"]
    assert NAME in read("diagnostics/pulls.ecsv")["label"]
    slopes = read("diagnostics/sensitivity.ecsv")
    assert np.isfinite(slopes[f"d_{NAME}"]).any()
    # The simulated spectra know no [Mg/Fe] but that which goes with [alpha/M].
    injected = read("diagnostics/injected_sensitivity.ecsv")
    assert not np.any(injected[f"injected_{NAME}"])


def test_figures_show_it_and_released_labels_lack_it(finished):
    done = subprocess.run(
        [sys.executable, "-c", INSIDE],
        cwd=finished, env={"PYTHONPATH": str(finished / "workflow")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "[Mg/Fe]" in done.stdout
    catalogue = tables.read(finished / "with_released.fits")
    taken = np.asarray(catalogue["status"], str) == "released by Astra"
    known = taken & np.isfinite(catalogue["teff"])
    assert known.sum() > 20
    assert np.isnan(catalogue[NAME][taken]).all()
    assert (catalogue["reason"][known] == "").all()
    assert not np.any(catalogue["flags"][known] & (BIT | 1024))
