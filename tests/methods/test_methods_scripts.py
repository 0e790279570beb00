"""The scripts of the experiment, on a made-up survey."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.method_names import MEAN, SLAM
from mdwarfs.methods.registry import METHODS
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.made_up import described

N, PIXELS, NAMES = 120, 30, ["feh", "teff"]
CHEAP = "ridge regression"


@pytest.fixture
def files(tmp_path, stamp, monkeypatch):
    """A survey of 120 stars: 40 train, 20 are tested, the last has no spectrum."""
    kept = [one for one in METHODS if one.name in (CHEAP, MEAN)]
    monkeypatch.setattr("mdwarfs.methods.trials.METHODS", kept)
    rng = np.random.default_rng(2)
    ids = 100 + np.arange(N)
    unit = rng.uniform(-1, 1, (N, 2))
    known = [0, 3500] + unit * [0.3, 200]
    flux = 1 + 0.1 * unit @ rng.normal(size=(2, PIXELS))
    flux += 0.01 * rng.normal(size=flux.shape)
    stars = Table({"source_id": ids, "sdss_id": ids, "file": np.full(N, "spec")})
    stars["snr"], stars["n_good"] = rng.uniform(2, 20, N), PIXELS
    stars["status"] = np.where(np.arange(N) < N - 1, "ok", "no file")
    made = SpectrumSet(
        7000.0 + np.arange(PIXELS), np.float32(flux),
        np.full((N, PIXELS), 1e4, "f4"), described(stars),
    )  # fmt: skip
    made.write(tmp_path / "spectra.fits", stamp)
    order = rng.permutation(60)  # labels are in another order than spectra
    slam = Table({"source_id": ids, "snr": stars["snr"]})
    labels = Table({"source_id": ids[order]})
    truth = Table({"source_id": ids, "injected": np.full(N, "", "U6")})
    truth["injected"][70] = "binary"
    for column, name in enumerate(NAMES):
        truth[name], labels[name] = known[:, column], known[order, column]
        slam[name] = known[:, column] + 0.1 * rng.normal(size=N) * [0.3, 200][column]
    split = Table(
        {"source_id": ids[:60], "role": np.repeat(["train", "test"], [40, 20])}
    )
    written = {"labels": labels, "split": split, "slam": slam, "truth": truth}
    for name, table in written.items():
        tables.write(described(table), tmp_path / f"{name}.fits", stamp)
    return {x: tmp_path / f"{x}.fits" for x in ("spectra", *written)}


@pytest.mark.parametrize("every, tested", [(True, 79), (False, 20)])
def test_a_survey_labels_whom_it_can_compare(
    run_script, files, tmp_path, every, tested
):
    made = {"labels": tmp_path / "by.fits", "settings": tmp_path / "settings.ecsv"}
    given = {name: files[name] for name in ("spectra", "labels", "split")}
    params = {"names": NAMES, "given": False, "every": every, "seed": 1}
    run_script("label_by_methods", given, made, params)
    found = tables.read(made["labels"])
    assert len(found) == 2 * tested
    assert not np.isin(found["source_id"], 100 + np.arange(40)).any()

    given = {x: files[x] for x in ("slam", "labels", "split")}
    given |= {"methods": made["labels"], "truth": files["truth"] if every else []}
    params = {"names": NAMES, "role": "test", "snr_edges": [10], "seed": 1}
    out = {"methods": tmp_path / "methods.ecsv"}
    run_script("compare_methods_by_snr", given, out, params)
    table = tables.read(out["methods"])
    assert len(table) == (2 if every else 1) * 2 * 3 * 3  # labels, bins, methods
    whole = table[(table["bin"] == 0) & (table["label"] == "teff")]
    assert set(whole["n"]) == ({20, 78} if every else {20})  # but for the binary
    best = whole[whole["rank"] == 1]
    assert set(best["method"]) == {CHEAP} and set(best["beside_slam"]) == {"less"}
    assert set(whole["method"]) == {SLAM, CHEAP, MEAN}
