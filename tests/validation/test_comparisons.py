"""SLAM labels against other measurements of the same stars."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.catalogues.registry import CATALOGUES
from mdwarfs.errors import InputError
from mdwarfs.literature import mann
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.validation import comparisons
from mdwarfs.validation.comparison_summary import lines_of, summarise_comparisons

OUTSIDE = int(Flag.OUTSIDE_FEH)
COMPARED = {  # those of the paper
    c.name: c.comparison for c in CATALOGUES if c.comparison and c.comparison.line
}
LINES = lines_of(
    [
        {"line": c.line, "table": name, "name": c.name, "labels": c.labels}
        for name, c in COMPARED.items()
    ]
)
BIG = 3_000_000_000_000_000_000  # identifiers that a float cannot hold
ORIGINS = {
    line.table: [f"comparisons/{line.table}.fits", f"make_{line.table}"]
    for line in LINES
}


@pytest.fixture
def catalogue():
    """Six stars; the fifth lies outside the usable range, the sixth has no label."""
    table = Table(
        {
            "source_id": BIG + np.arange(1, 7),
            "sdss_id": np.arange(11, 17),
            "snr": [5.0, 10.0, 15.0, 20.0, 25.0, np.nan],
            "flags": [0, int(Flag.LOW_SNR), 0, 0, OUTSIDE, 0],
            "trained_on": np.arange(6) == 2,
            "feh": [0.1, 0.0, -0.1, -0.2, -0.9, np.nan],
            "teff": [3300.0, 3400.0, 3500.0, 3600.0, 2900.0, np.nan],
            "logg": [4.9, 4.8, 4.7, 4.6, 5.1, np.nan],
        }
    )
    return table


@pytest.fixture
def candidates(catalogue):
    """The same stars in another order, with photometry."""
    rng = np.random.default_rng(1)
    n = len(catalogue)
    table = Table({"source_id": catalogue["source_id"].copy()})
    table["tmass_designation"] = [f"0000000{i}+000000{i}" for i in range(n)]
    table["phot_g_mean_mag"] = rng.uniform(14, 16, n)
    table["parallax"] = 20.0
    table["a_v"] = 0.5
    table["bp_rp0"] = np.linspace(2.2, 3.0, n)
    for band, magnitude in (("j", 11.0), ("h", 10.4), ("ks", 10.2)):
        table[f"{band}_m"] = magnitude
        table[f"{band}_msigcom"] = 0.02
    return table[::-1]


def compare(name, reference, catalogue, candidates):
    """Compare as the entry of a catalogue in the registry says."""
    entry = COMPARED[name]
    return comparisons.compare_catalogue(
        reference, catalogue, candidates, entry.key, entry.labels, entry.least
    )


def test_test_stars_are_those_of_the_split(catalogue):
    labels = catalogue["source_id", "sdss_id", "snr", "feh", "teff"].copy()
    labels["feh"] = labels["feh"] - 0.1
    labels["e_feh"] = 0.05
    labels["labelled"] = np.arange(6) != 1
    split = Table(
        {
            "source_id": labels["source_id"][[2, 0, 4, 5]],
            "role": ["train", "test", "test", "test"],
        }
    )
    table = comparisons.compare_test(catalogue, labels, split)
    assert list(table["sdss_id"]) == [11, 15, 16]
    assert np.allclose(table["feh"][:2] - table["feh_ref"][:2], 0.1)
    assert "logg" not in table.colnames  # the labels have none
    assert table["used"].all()
    assert (table["e_feh_ref"] == 0.05).all()


def test_without_a_split_every_labelled_star_is_a_test_star(catalogue):
    labels = catalogue["source_id", "sdss_id", "snr", "feh"].copy()
    labels["labelled"] = True
    # One star has no spectrum, hence no prediction: its row stays, empty.
    table = comparisons.compare_test(catalogue[1:], labels)
    assert len(table) == 6
    assert np.isnan(table["feh"][0]) and table["feh_ref"][0] == 0.1


def test_no_label_in_common_or_no_test_star_is_refused(catalogue):
    labels = Table({"source_id": [1], "sdss_id": [1], "labelled": [True]})
    with pytest.raises(InputError, match="in common"):
        comparisons.compare_test(catalogue, labels)
    labels["feh"], labels["snr"], labels["labelled"] = 0.0, 5.0, False
    with pytest.raises(InputError, match="no test star"):
        comparisons.compare_test(catalogue, labels)


def test_pairs_have_the_labels_of_both_components(catalogue):
    ids = catalogue["source_id"]
    pairs = Table(
        {
            "source_id1": ids[[1, 0, 2, 3]],
            "source_id2": ids[[0, 4, 5, 2]],
            "selected": [True, True, True, False],
        }
    )
    table = comparisons.compare_m_m(pairs, catalogue)
    assert len(table) == 3
    assert list(table["feh1"]) == [0.0, 0.1, -0.1]
    assert list(table["feh2"][:2]) == [0.1, -0.9]
    assert list(table["snr"][:2]) == [5, 5]
    assert list(table["used"]) == [True, False, True]
    assert list(table["flags"]) == [int(Flag.LOW_SNR), OUTSIDE, 0]
    assert list(table["trained_on"]) == [False, False, True]  # of its first component


def test_stars_are_usable_inside_the_ranges_and_if_the_fit_converged():
    flags = [0, Flag.OUTSIDE_FEH, Flag.OUTSIDE_TEFF, Flag.OUTSIDE_LOGG]
    flags += [Flag.NOT_CONVERGED, Flag.NOT_CONVERGED | Flag.LOW_SNR]
    flags += [Flag.LOW_SNR, Flag.MULTIPLE_MINIMA, Flag.OUTSIDE_HULL]
    expected = [True] + 5 * [False] + 3 * [True]
    assert list(comparisons.usable([int(flag) for flag in flags])) == expected


def test_birky_is_matched_by_2mass_name(catalogue, candidates):
    reference = Table(
        {
            "tmass_designation": ["00000002+0000002", "99999999+9999999", ""],
            "teff": [3510.0, 1.0, 2.0],
            "feh": [-0.05, 1.0, 2.0],
        }
    )
    candidates["tmass_designation"][3] = ""
    candidates["tmass_designation"][-3] = "00000002+0000002"
    table = compare("birky", reference, catalogue, candidates)
    assert list(table["source_id"]) == [BIG + 3]
    assert table["teff_ref"][0] == 3510 and table["feh"][0] == -0.1
    assert table["trained_on"][0]


def test_of_two_gaia_sources_of_a_2mass_source_the_brighter_counts(
    catalogue, candidates
):
    reference = Table(
        {"tmass_designation": ["00000000+0000000"], "teff": [3300.0], "feh": [0.0]}
    )
    candidates["tmass_designation"] = "00000000+0000000"
    candidates["phot_g_mean_mag"][candidates["source_id"] == BIG + 4] = 12.0
    table = compare("birky", reference, catalogue, candidates)
    assert list(table["source_id"]) == [BIG + 4]


@pytest.mark.parametrize(
    ("name", "labels"), [("behmard", ["feh"]), ("lamost_m", ["teff", "logg"])]
)
def test_by_gaia_source(catalogue, candidates, name, labels):
    reference = Table({"source_id": [0, BIG + 5, BIG + 2, 7, 0]})
    for value, label in enumerate(labels):
        reference[label] = value + np.arange(5.0)
        reference[f"e_{label}"] = 0.1
    table = compare(name, reference, catalogue, candidates)
    assert list(table["source_id"]) == [BIG + 2, BIG + 5]
    assert list(table["used"]) == [True, False]
    for value, label in enumerate(labels):
        assert list(table[f"{label}_ref"]) == [value + 2, value + 1]


def test_of_two_rows_of_behmard_the_more_certain_counts(catalogue, candidates):
    reference = Table({"source_id": BIG + np.array([2, 2, 3]), "feh": [0.5, 0.1, 0.2]})
    reference["e_feh"] = [0.2, 0.1, 0.1]
    table = compare("behmard", reference, catalogue, candidates)
    assert list(table["feh_ref"]) == [0.1, 0.2]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ({"source_id": [BIG], "teff": [1.0]}, "has no column logg"),
        ({"source_id": [BIG, BIG], "teff": [1.0, 2], "logg": [1.0, 2]}, "once"),
        ({"source_id": [1e18], "teff": [1.0], "logg": [1.0]}, "gives integers"),
    ],
)
def test_a_catalogue_that_is_not_as_its_entry_says_is_refused(
    catalogue, candidates, reference, message
):
    with pytest.raises(InputError, match=message):
        compare("lamost_m", Table(reference), catalogue, candidates)


def test_mann_takes_intrinsic_colours_and_magnitudes(catalogue, candidates):
    table = comparisons.compare_mann(catalogue, candidates)
    assert len(table) == 6
    assert list(table["source_id"]) == list(catalogue["source_id"])
    j_h = 0.6 - (0.282 - 0.190) * 0.5
    colour = candidates["bp_rp0"][::-1]
    assert np.allclose(table["teff_ref"], mann.teff_from_colours(colour, j_h))
    m_ks = 10.2 - 0.114 * 0.5 + 5 * np.log10(20) - 10
    assert np.allclose(table["m_ks"], m_ks)
    mass, radius = mann.mass_from_m_ks(m_ks), mann.radius_from_m_ks(m_ks)
    assert np.allclose(table["logg_ref"], 4.438 + np.log10(mass / radius**2))


def test_an_upper_limit_in_2mass_is_no_magnitude(catalogue, candidates):
    candidates["ks_msigcom"][0] = np.nan
    candidates["j_msigcom"][1] = np.nan
    candidates["h_msigcom"][2] = np.nan
    candidates["ks_msigcom"][2] = np.nan
    table = comparisons.compare_mann(catalogue, candidates)
    assert list(table["source_id"] - BIG) == [1, 2, 3, 5, 6]
    assert np.isnan(table["teff_ref"][3]) and np.isfinite(table["logg_ref"][3])
    assert np.isnan(table["logg_ref"][4]) and np.isfinite(table["teff_ref"][4])


def test_a_catalogue_of_another_run_is_refused(catalogue, candidates):
    with pytest.raises(InputError, match="same run"):
        comparisons.compare_mann(catalogue, candidates[1:])


def offsets(n, offset, scatter, seed):
    """A comparison with a known median and scatter; every tenth row is not used."""
    rng = np.random.default_rng(seed)
    table = Table({"snr": np.full(n, 10.0), "used": np.arange(n) % 10 > 0})
    for label, unit in (("feh", 1), ("teff", 1000), ("logg", 1)):
        table[f"{label}_ref"] = rng.normal(0, 1, n)
        difference = rng.normal(offset * unit, scatter * unit, n)
        table[label] = table[f"{label}_ref"] + difference
        table[label][~table["used"]] += 5 * unit
    return table


def test_summary_has_a_line_for_each_number_of_table_2():
    tables = {
        name: offsets(3000, offset, 0.1, seed)
        for seed, (name, offset) in enumerate(
            {"test": 0.03, "birky": -0.06, "behmard": 0.02, "lamost_m": -0.03,
             "mann": -0.15}.items()
        )
    }  # fmt: skip
    pairs = tables["birky"].copy()
    pairs.rename_columns(["feh", "feh_ref"], ["feh1", "feh2"])
    tables["m_m"] = pairs
    summary = summarise_comparisons(tables, LINES, ORIGINS)
    got = {(row["comparison"], row["label"]): row for row in summary}
    assert got["R3", "teff"]["product"] == "comparisons/birky.fits"
    assert got["R7", "logg"]["rule"] == "make_mann"
    assert set(got) == {
        ("R1", "feh"), ("R1", "teff"), ("R1", "logg"), ("R2", "feh"), ("R3", "feh"),
        ("R3", "teff"), ("R4", "feh"), ("R5", "teff"), ("R5", "logg"), ("R6", "teff"),
        ("R7", "logg"),
    }  # fmt: skip
    for (key, label), offset, unit in (
        (("R1", "feh"), 0.03, 1),
        (("R2", "feh"), -0.06, 1),
        (("R6", "teff"), -0.15, 1000),
        (("R7", "logg"), -0.15, 1),
    ):
        row = got[key, label]
        assert abs(row["median"] / unit - offset) < 3.5 * row["e_median"] / unit
        assert row["std"] == pytest.approx(0.1 * unit, rel=0.05)
        assert (row["n_matched"], row["n_all"], row["n"]) == (3000, 3000, 2700)
        assert row["std_all"] > 5 * row["std"]


def test_summary_has_each_number_without_the_training_stars():
    """Whose labels are nearer to their references than others are."""
    names = ("test", "birky", "behmard", "lamost_m", "mann", "m_m")
    tables = {name: offsets(3000, 0.02, 0.2, 3) for name in names}
    for name in names[1:]:
        table = tables[name]
        table["trained_on"] = np.arange(3000) < 1000
        for label in ("feh", "teff", "logg"):
            near = table[f"{label}_ref"] + (table[label] - table[f"{label}_ref"]) / 2
            table[label] = np.where(table["trained_on"], near, table[label])
    summary = summarise_comparisons(tables, LINES, ORIGINS)
    for row in summary:
        unit = 1000 if row["label"] == "teff" else 1
        if row["comparison"] == "R1":  # test stars, none of which was trained on
            assert (row["n_unseen"], row["std_unseen"]) == (row["n"], row["std"])
        elif row["comparison"] != "R2":
            assert (row["n"], row["n_unseen"]) == (2700, 1800)
            assert row["std_unseen"] == pytest.approx(0.2 * unit, rel=0.07)
            assert row["std"] < 0.9 * row["std_unseen"]
            away = abs(row["median_unseen"] - 0.02 * unit)
            assert away < 3.5 * row["e_median_unseen"]


def test_rows_without_a_value_are_matched_but_not_counted():
    names = ("test", "birky", "behmard", "lamost_m", "mann", "m_m")
    tables = {name: offsets(20, 0, 0.1, 1) for name in names}
    tables["behmard"]["feh_ref"][:3] = np.nan
    summary = summarise_comparisons(tables, LINES, ORIGINS)
    row = summary[summary["comparison"] == "R4"][0]
    assert (row["n_matched"], row["n_all"], row["n"]) == (20, 17, 16)


def test_lines_are_those_of_the_paper_and_then_our_own():
    more = {"line": "", "table": "A", "name": "Somebody", "labels": ["feh"]}
    known = [
        {"line": c.line, "table": name, "name": c.name, "labels": c.labels}
        for name, c in COMPARED.items()
    ]
    lines = lines_of([more, *known])
    assert [line.id for line in lines] == [*(f"R{k}" for k in range(1, 8)), "A"]
    tables = {line.table: offsets(20, 0, 0.1, 1) for line in lines}
    summary = summarise_comparisons(
        tables, lines, ORIGINS | {"A": ["a.fits", "compare_a"]}
    )
    assert summary["comparison"][-1] == "A" and summary["name"][-1] == "Somebody"
    assert "others" in summary["comparison"].info.description
