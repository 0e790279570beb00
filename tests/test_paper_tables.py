"""Tables 1 to 4."""

import csv

import numpy as np
import pandas
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.labels import LABELS
from mdwarfs.paper_tables import contents as paper_tables
from mdwarfs.paper_tables.printing import write_csv, write_latex
from mdwarfs.paper_tables.registry import BY_NAME
from mdwarfs.slam.infer.flags import RANGED
from mdwarfs.validation.comparison_summary import COLUMNS

USABLE = {"feh": [-0.6, 0.5], "teff": [3100, 3900], "logg": [4.45, 4.95]}


@pytest.fixture
def labels():
    """Five pairs; the last one lacks [alpha/M]."""
    n = 5
    table = Table({"source_id1": np.arange(n) + 1, "source_id": np.arange(n) + 11})
    for name, values in {
        "ra1": 10.0, "dec1": -5.0, "ra": 10.1, "dec": -5.1, "snr": 12.0,
        "feh": [-0.7, -0.1, 0.0, 0.1, 0.2], "teff": [3000, 3200, 3500, 3600, 4000.0],
        "logg": [4.9, 4.8, 4.7, 4.6, 4.5],
        "alpha_m": [0.1, 0.0, 0.0, 0.0, np.nan],
    }.items():  # fmt: skip
        table[name] = values
    table["feh_niu"] = table["feh"] + 0.1
    for name in ("feh", "feh_niu", "teff", "logg", "alpha_m"):
        table[f"e_{name}"] = 0.02
    table["reason"] = ["", "", "", "", "no ASPCAP [alpha/M]"]
    return table


def test_table_1_is_of_the_training_stars(labels):
    split = Table({"source_id": [11, 12, 13, 14], "role": ["train"] * 3 + ["test"]})
    table = paper_tables.table_1(labels, split, USABLE)
    feh, teff, logg = table
    assert (feh["total_min"], feh["total_max"], feh["n"]) == (-0.7, 0.0, 3)
    assert (feh["usable_min"], feh["usable_max"]) == (-0.6, 0.5)
    assert [row["n_outside"] for row in table] == [1, 1, 0]
    header, lines = paper_tables.table_1_latex(table)
    assert lines[0] == ["{[Fe/H]} (dex)", "$[-0.70, 0.00]$", "$[-0.60, 0.50]$", "1"]
    assert lines[1][1:3] == ["$[3000, 3500]$", "$[3100, 3900]$"]


@pytest.fixture
def summary():
    rows = [
        ("R1", "Test stars", "feh", 250, 250, 250, 0.031, 0.02, 0.254, 0.01, 0.2),
        ("R1", "Test stars", "logg", 250, 250, 250, -0.001, 0.01, 0.1, 0.01, 0.1),
        ("R6", "Mann et al.", "teff", 99, 90, 80, -146.4, 5.0, 45.2, 3.0, 40.0),
    ]
    origin = ("validation/test.fits", "compare_test")
    apart = (40, 0.0, 0.0, 0.0, 0.0) + (0.0, 0.0, 0.0)  # unseen stars, and all of them
    rows = [row + apart + origin for row in rows]
    return Table(rows=rows, names=list(COLUMNS))


def test_table_2_has_a_line_per_comparison(summary):
    table = paper_tables.table_2(summary)
    assert list(table["comparison"]) == ["R1", "R6"]
    assert table["feh_median"][0] == 0.031 and table["feh_n"][0] == 250
    assert np.isnan(table["teff_median"][0]) and table["teff_n"][0] == 0
    assert table["teff_std"].unit == "K" and table["feh_std"].unit == "dex"
    _, lines = paper_tables.table_2_latex(table)
    first, last = (dict(zip(["name", *RANGED], line, strict=True)) for line in lines)
    none = dict.fromkeys(RANGED, r"\nodata")
    found = {"feh": r"$0.03 \pm 0.25$", "logg": r"$0.00 \pm 0.10$"}
    assert first == {"name": "Test stars"} | none | found
    assert last["teff"] == r"$-146 \pm 45$"


def test_table_3_has_the_released_columns(labels, tmp_path, stamp):
    table = paper_tables.table_3(labels)
    names = (
        "source_id1 source_id2 ra1 ra2 dec1 dec2 FeH FeH_niu e_FeH Teff e_Teff alphaM "
        "e_alphaM logg e_logg SNR"
    ).split()
    assert table.colnames[: len(names)] == names
    assert list(table["source_id2"]) == list(labels["source_id"])
    assert list(table["ra2"]) == [10.1] * 5 and list(table["dec1"]) == [-5.0] * 5
    assert len(table) == 5 and table["reason"][4] == "no ASPCAP [alpha/M]"
    for suffix in ("fits", "ecsv"):
        tables.write(table, tmp_path / f"t.{suffix}", stamp)
        back = tables.read(tmp_path / f"t.{suffix}")
        assert back["Teff"].unit == "K" and back["ra2"].unit == "deg"
        assert np.array_equal(back["alphaM"], table["alphaM"], equal_nan=True)
        assert back["source_id1"].dtype.kind == "i"
    assert back["Teff"].description.endswith("from APOGEE Net")


def test_table_4_has_the_released_columns_and_says_what_is_added(labels):
    catalogue = labels.copy()
    catalogue["sdss_id"], catalogue["flags"], catalogue["flag_names"] = 1, 0, ""
    catalogue["snr_extrapolated"], catalogue["recommended"] = False, True
    table = paper_tables.table_4(catalogue)
    paper = (
        "Teff e_Teff logg e_logg alphaM e_alphaM FeH e_FeH FeH_niu e_FeH_niu"
    ).split()
    added = [c for c in table.colnames if "(addition)" in table[c].info.description]
    assert [name for name in table.colnames if name not in added] == paper
    assert list(table["Teff"]) == list(labels["teff"])


def test_no_minus_sign_on_zero():
    assert paper_tables.number(-0.004, 2) == "0.00"
    assert paper_tables.number(-0.006, 2) == "-0.01"
    assert paper_tables.number(3500.4, 0) == "3500"


@pytest.mark.parametrize("simulated", [True, False])
def test_printed_tables_say_which_run_made_them(tmp_path, summary, simulated):
    stamp = {"run": "trial", "simulated": simulated}
    table = paper_tables.table_2(summary)
    header, lines = paper_tables.table_2_latex(table)
    write_latex(tmp_path / "t.tex", header, lines, "A caption.", "tab:x", stamp)
    text = (tmp_path / "t.tex").read_text()
    assert "'trial'" in text
    assert ("Simulated survey" in text) is simulated
    assert text.count(r"\\") == len(lines) + 1
    write_csv(tmp_path / "t.csv", table, stamp)
    with open(tmp_path / "t.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["run"] == "trial" and rows[0]["simulated"] == str(simulated)
    assert rows[0]["teff_median"] == "" and float(rows[1]["teff_median"]) == -146.4


def test_the_numbers_of_tex_and_csv_are_those_of_one_table(tmp_path, summary, stamp):
    entry = BY_NAME["table_2"]
    paths = {form: tmp_path / f"t.{form}" for form in entry.forms}
    entry.write(entry.make(summary), paths, stamp)
    rows = pandas.read_csv(paths["csv"])
    exact = tables.read(paths["ecsv"])
    ended = r" \\"
    lines = paths["tex"].read_text().splitlines()
    lines = [line.partition(ended)[0] for line in lines if ended in line][1:]
    assert len(lines) == len(rows) == len(exact)
    for line, (_, row), own in zip(lines, rows.iterrows(), exact):
        for label, cell in zip(RANGED, line.split(" & ")[1:]):
            printed = cell.strip("$").split(r" \pm ")
            for name, number in zip(("median", "std"), printed):
                value = row[f"{label}_{name}"]
                assert value == own[f"{label}_{name}"] or np.isnan(value)
                if "nodata" not in cell:
                    digits = LABELS[label].decimals
                    assert number == paper_tables.number(value, digits)
