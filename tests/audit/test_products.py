"""What the audit sees in the files of a run."""

import hashlib

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.audit import products
from mdwarfs.audit.invariants import violations
from mdwarfs.tables import absent

STAMP = {"run": "test", "simulated": True}


def candidates(n=5):
    table = Table(
        {"source_id": np.arange(1, n + 1), "teff": np.linspace(3000, 4000, n)}
    )
    table["teff"][0] = np.nan
    table["reason"] = ["no spectrum"] + [""] * (n - 1)
    return table


def split(n=5):
    role = ["train"] * (n - 1) + ["test"]
    return Table({"source_id": np.arange(1, n + 1), "role": role})


def labels(n=5):
    return Table({"source_id": np.arange(1, n + 1), "labelled": [True] * n})


@pytest.fixture
def folder(tmp_path):
    """Folder of a run's results."""
    return tmp_path / "results" / "test"


def audit(paths, stamp=STAMP, rules=None):
    return products.audit(paths, rules or {}, stamp)


def test_a_sound_product(folder):
    path = folder / "samples" / "candidates.fits"
    tables.write(candidates(), path, STAMP)
    (row,) = audit([path], rules={str(path): "select_candidates"})
    assert row["path"] == "samples/candidates.fits"
    assert row["rule"] == "select_candidates"
    assert (row["n_rows"], row["n_columns"], row["n_units"]) == (5, 3, 1)
    assert row["n_nulls"] == 1 + 4  # one NaN, four empty strings
    assert row["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (row["run"], row["simulated"], row["problems"]) == ("test", True, "")


def test_ecsv_and_order_by_path(folder):
    for name in ("b.ecsv", "a.ecsv"):
        tables.write(candidates(), folder / name, STAMP)
    audited = audit([folder / "b.ecsv", folder / "a.ecsv"])
    assert list(audited["path"]) == ["a.ecsv", "b.ecsv"]
    assert set(audited["problems"]) == {""}


@pytest.mark.parametrize(
    "stamp, said",
    [
        ({"run": "other", "simulated": True}, "of run 'other'"),
        ({"run": "test", "simulated": False}, "simulated"),
    ],
)
def test_a_file_of_another_run_is_seen(folder, stamp, said):
    tables.write(candidates(), folder / "a.fits", stamp)
    (row,) = audit([folder / "a.fits"])
    assert said in row["problems"]


def test_a_file_that_is_no_table_has_a_row(folder):
    folder.mkdir(parents=True)
    (folder / "a.fits").write_bytes(b"not a table")
    (folder / "b.ecsv").write_text("")
    for row in audit([folder / "a.fits", folder / "b.ecsv"]):
        assert "cannot be read" in row["problems"]
        assert row["n_rows"] == 0


def test_an_empty_table_and_a_lost_unit_are_problems(folder):
    tables.write(candidates()[:0], folder / "a.fits", STAMP)
    bare = Table({"teff": [3000.0]}, meta={"RUN": "test", "SIMULATD": True})
    bare.write(folder / "b.fits")
    bare["teff"].description = "Effective temperature"
    bare.write(folder / "c.ecsv")
    empty, mute, bare = audit(
        [folder / name for name in ("a.fits", "b.fits", "c.ecsv")]
    )
    assert empty["problems"] == "has no rows"
    assert mute["problems"] == "column teff lacks its description"
    assert bare["problems"] == "column teff lacks its unit"


def test_an_empty_table_that_says_why_is_no_problem(folder):
    table = absent.note(candidates()[:0], "NADC is gone")
    tables.write(table, folder / "a.fits", STAMP)
    (row,) = audit([folder / "a.fits"])
    assert (row["n_rows"], row["problems"]) == (0, "")


def test_a_pair_of_one_sample_alone_needs_a_reason():
    pairs = Table({"membership": ["both", "ours", "theirs"], "reason": ["", "a", "b"]})
    name = "comparisons/paper_sample.fits"
    assert violations({name: pairs}) == {}
    pairs["reason"][2] = ""
    assert violations({name: pairs}) == {
        name: ["1 pairs of one sample alone have no reason"]
    }


def test_spectra_beside_a_table_are_one_product(folder):
    folder.mkdir(parents=True)
    head = fits.PrimaryHDU()
    head.header["RUN"], head.header["SIMULATD"] = "test", True
    stars = fits.BinTableHDU(candidates(), name="STARS")
    more = fits.BinTableHDU(labels(), name="MORE")
    images = fits.ImageHDU(np.zeros((5, 9)), name="FLUX")
    fits.HDUList([head, stars, images, more]).writeto(folder / "a.fits")
    fits.HDUList([head, images]).writeto(folder / "b.fits")
    table, image = audit([folder / "a.fits", folder / "b.fits"])
    assert (table["n_rows"], table["n_columns"]) == (5, 3)
    assert "run" not in table["problems"]
    assert (image["n_rows"], image["problems"]) == (0, "")


def test_repeated_star():
    stars = candidates()
    stars["source_id"][1] = 1
    assert violations({"samples/candidates.fits": stars}) == {
        "samples/candidates.fits": ["1 rows repeat a source_id"]
    }


def test_labels_outside_what_is_physical():
    stars = Table(
        {"teff": [3000.0, 9e5], "logg": [4.5, np.nan], "e_teff": [50.0, -1.0]}
    )
    (found,) = violations({"x.fits": stars}).values()
    assert found == [
        "1 values of teff outside 1500 to 50000",
        "1 values of e_teff outside 0.1 to 3000",
    ]
    # The paper's power law may say anything beyond the SNR that it was fitted to.
    stars["snr_extrapolated"] = [False, True]
    (found,) = violations({"x.fits": stars}).values()
    assert found == ["1 values of teff outside 1500 to 50000"]


def test_values_made_null_are_listed_and_a_problem_where_they_are_no_accident(folder):
    path = folder / "catalogues" / "aspcap.fits"
    stars = candidates()
    stars.meta = {
        "NULLED1": "900 of 2000 teff: fill value -9999",
        "NULLED2": "2 of 2000 e_teff: outside 0 to 10000, 0 excluded",
    }
    tables.write(stars, path, STAMP)
    (row,) = audit([path])
    assert row["nulled"] == "; ".join(stars.meta.values())
    assert row["problems"] == ""
    stars.meta["NULLED2"] = "60 of 2000 feh: outside -6 to 2"
    tables.write(stars, path, STAMP)
    (row,) = audit([path])
    assert row["problems"] == "60 of 2000 feh: outside -6 to 2, made null"


def test_candidates_must_be_among_the_m_type_stars():
    both = {
        "samples/candidates.fits": candidates(5),
        "samples/m_type.fits": candidates(3),
    }
    assert violations(both) == {
        "samples/candidates.fits": ["2 of its stars are not in samples/m_type.fits"]
    }


def test_split_must_be_the_labelled_stars():
    whole = {"samples/split.fits": split(), "samples/labels.fits": labels()}
    assert violations(whole) == {}
    unlabelled = labels()
    unlabelled["labelled"][0] = False
    (found,) = violations({**whole, "samples/labels.fits": unlabelled}).values()
    assert found == ["lacks 0 labelled stars and has 1 unlabelled ones"]
    (found,) = violations({**whole, "samples/split.fits": split()[:4]}).values()
    assert found == [
        "its roles are train",
        "lacks 1 labelled stars and has 0 unlabelled ones",
    ]


def test_catalogue_must_have_all_candidates_and_say_why_a_label_is_missing():
    both = {
        "catalogue/slam_labels.fits": candidates(4),
        "samples/candidates.fits": candidates(5),
    }
    (found,) = violations(both).values()
    assert found == ["lacks 1 candidates"]
    both["catalogue/slam_labels.fits"] = silent = candidates(5)
    silent["reason"][0] = ""
    (found,) = violations(both).values()
    assert found == ["1 stars have neither label nor reason"]


def test_a_comparison_of_no_or_one_star_is_a_problem():
    name = "comparisons/birky.fits"
    table = Table({"source_id": [1, 2, 3], "used": [True, True, False]})
    assert violations({name: table}) == {}
    assert violations({"catalogues/birky.fits": table[:1]}) == {}
    for n, word in ((0, "no"), (1, "one")):
        (found,) = violations({name: table[:n]}).values()
        assert found == [f"{word} star is compared: it shows nothing"]
    assert violations({name: absent.note(table[:0], "not at hand")}) == {}
