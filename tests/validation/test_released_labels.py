"""The run's labels beside the released ones."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.figures import diagnostic_released_labels
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.infer.released import RELEASED
from mdwarfs.validation.released_labels import (
    compare_released,
    differences,
    summarise_released,
)
from tests.figures.layout import Layout
from tests.made_up import described

N = 400


@pytest.fixture
def catalogue():
    rng = np.random.default_rng(2)
    table = Table({"source_id": np.arange(1, N + 1)})
    table["sdss_id"] = table["source_id"] + 5000
    table["snr"] = rng.uniform(2, 20, N)
    table["feh"], table["teff"] = rng.normal(0, 0.2, N), rng.normal(3400, 150, N)
    table["flags"], table["status"] = 0, np.full(N, "ok", "U30")
    table["reason"] = np.full(N, "", "U30")
    return table


@pytest.fixture
def released(catalogue):
    """Half of the stars, 40 K cooler, in another order."""
    table = catalogue["sdss_id", "feh", "teff"][: N // 2][::-1]
    table["teff"] -= 40
    for name in ("feh", "teff"):
        table[f"e_{name}"] = 1.0
    return table


def test_differences_are_of_the_same_star_run_minus_released(catalogue, released):
    table = compare_released(catalogue, released)
    assert len(table) == N // 2
    np.testing.assert_allclose(differences(table)["teff"], 40)
    np.testing.assert_allclose(differences(table)["feh"], 0)


def test_labels_taken_from_the_release_are_not_compared_with_themselves(
    catalogue, released
):
    catalogue["status"][:50] = RELEASED
    catalogue["reason"][50:60] = "no good pixels"
    table = compare_released(catalogue, released)
    assert table["source_id"].min() == 61


def test_summary_has_usable_stars_and_all(catalogue, released):
    catalogue["flags"][:20] = int(Flag.OUTSIDE_TEFF)
    summary = summarise_released(compare_released(catalogue, released), [5, 10])
    everything = summary[(summary["bin"] == 0) & (summary["label"] == "teff")]
    assert dict(zip(everything["sample"], everything["n"])) == {
        "usable": N // 2 - 20,
        "all": N // 2,
    }
    np.testing.assert_allclose(everything["bias"], 40)
    assert len(summary) == 2 * 2 * 4


def test_no_common_star_is_an_error(catalogue, released):
    released["sdss_id"] += 10_000
    with pytest.raises(InputError, match="released SLAM table"):
        compare_released(catalogue, released)


def test_script_writes_both_tables_from_which_the_figure_is_drawn(
    run_script, catalogue, released, stamp, tmp_path
):
    for name, table in (("catalogue", catalogue), ("released", released)):
        tables.write(described(table), tmp_path / f"{name}.fits", stamp)
    run_script(
        "compare_released",
        {name: tmp_path / f"{name}.fits" for name in ("catalogue", "released")},
        {
            "comparison": tmp_path / "comparison.fits",
            "summary": tmp_path / "summary.ecsv",
        },
        {"snr_edges": [5, 10]},
    )
    comparison = tables.read(tmp_path / "comparison.fits")
    summary = tables.read(tmp_path / "summary.ecsv")
    assert len(comparison) == N // 2
    assert set(summary["sample"]) == {"usable", "all"}
    figure = diagnostic_released_labels.draw(comparison, summary, "0.8.1", True)
    title = figure.get_suptitle()
    assert "simulated too" in title and "Astra 0.8.1" in title
    width, height = figure.get_size_inches()
    box = Layout(figure).box
    assert min(box.x0, box.y0) > -0.01 and box.x1 < width + 0.01 and box.y1 < height


def test_a_label_of_one_table_alone_is_not_compared(catalogue, released):
    released.remove_columns(["feh", "e_feh"])
    assert set(differences(compare_released(catalogue, released))) == {"teff"}
