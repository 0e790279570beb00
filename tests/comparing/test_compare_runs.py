"""Two runs compared by what their products mean."""

import json
import shutil

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table
from numpy.testing import assert_allclose

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.comparing import lineage, products, report, runs, tolerances
from mdwarfs.comparing.products import BYTES, DIFFERS, SAME
from mdwarfs.comparing.rows import match_rows
from mdwarfs.comparing.runs import compare
from mdwarfs.slam.infer.flags import Flag

CATALOGUE = "catalogue/slam_labels.fits"


def compared(first, second, *entries):
    return compare(first, second, [*entries, *tolerances.read()])


def state(found, name=CATALOGUE):
    return next(product for product in found.products if product.name == name)


def column(found, name, product=CATALOGUE):
    (part,) = state(found, product).parts
    return next(one for one in part.columns if one.column == name)


def test_a_run_is_equal_to_its_copy(first, second):
    found = compared(first, second)
    assert found.equal and {one.state for one in found.products} == {SAME}
    assert "equal within the tolerances" in report.text(found, True)


def test_order_and_who_made_it_are_bytes_without_meaning(first, second, rewrite):
    other = {"run": "test", "simulated": True, "config": {"another": 1}}

    def change(table):
        table["teff"].info.description = "In other words"
        return table[::-1][["snr", "source_id", *table.colnames[2:]]]

    rewrite(second / CATALOGUE, change, other)
    found = compared(first, second)
    assert found.equal and state(found).state == BYTES
    assert state(found).small == [
        "header CONFHASH", "descriptions of teff", "order of the rows",
        "order of the columns",
    ]  # fmt: skip
    said = report.text(found, True)
    assert "bytes that differ without meaning" in said and "order of the rows" in said


def test_rounding_is_within_the_tolerance_and_a_tenth_of_a_kelvin_is_not(
    first, second, rewrite
):
    rewrite(second / CATALOGUE, lambda t: t["teff"].__iadd__(1e-5))
    found = compared(first, second)
    assert found.equal and state(found).small == ["within the tolerance: teff"]
    rewrite(second / CATALOGUE, lambda t: t["teff"].__iadd__(0.1))
    found = compared(first, second)
    assert not found.equal
    teff = column(found, "teff")
    assert (teff.n_apart, teff.n, teff.unit) == (39, 40, "K")
    assert_allclose([teff.median, teff.largest], 0.10001, rtol=1e-4)


def test_rows_are_matched_by_identifier_and_the_others_named(first, second, rewrite):
    rewrite(second / CATALOGUE, lambda t: t[[3, *range(2), *range(4, 40)]])
    found = compared(first, second)
    (part,) = state(found).parts
    assert part.keys == ("source_id",) and part.n_rows == (40, 39)
    assert part.only_first == (1, [f"source_id={2**62 + 2}"]) and not part.columns
    assert "1 row of the first alone" in report.text(found, True)


def test_nulls_flags_and_texts_are_told_apart(first, second, rewrite):
    def change(table):
        table["feh"][:3] = np.nan
        table["flags"][5] |= int(Flag.AT_EDGE)
        table["flags"][0] = 0
        table["reason"][:2] = "no labels"

    rewrite(second / CATALOGUE, change)
    found = compared(first, second)
    assert column(found, "feh").n_null == (1, 4)
    assert column(found, "feh").n_null_changed == 3
    assert column(found, "flags").words == ["at_edge +1 -0", "low_snr +0 -1"]
    assert column(found, "reason").words == ["'' became 'no labels' (2)"]


def test_units_columns_and_products_of_one_run_alone(first, second, rewrite):
    def change(table):
        table["teff"].unit = "kK"
        del table["e_teff"]
        table["logg"] = 4.8
        table["logg"].unit = "dex"

    rewrite(second / CATALOGUE, change)
    shutil.move(second / "README.md", second / "OTHER.md")
    found = compared(first, second)
    (part,) = state(found).parts
    assert part.lost == ["e_teff"] and part.gained == ["logg"]
    assert column(found, "teff").words == ["unit K became kK"]
    assert found.only_first == ["README.md"] and found.only_second == ["OTHER.md"]


def test_labels_are_compared_by_snr(first, second, rewrite):
    def change(table):
        table["teff"] += np.where(table["snr"] < 8, 40.0, 10.0)

    config = {"run": "test", "comparisons": {"snr_edges": [8]}}
    (first / "audit" / "config.yaml").write_text(yaml.safe_dump(config))
    rewrite(second / CATALOGUE, change)
    found = compared(first, second)
    table = found.labels[CATALOGUE]
    teff = table[(table["label"] == "teff") & (table["bin"] > 0)]
    assert_allclose(teff["bias"], [40, 10])
    assert_allclose(table["bias"][table["label"] == "feh"], 0)
    assert teff["n"].sum() == 39 and "+40.00" in report.text(found, True)
    assert "unchanged where both have it: feh" in report.text(found, True)


def test_the_ledger_stands_side_by_side(first, second, rewrite):
    def change(table):
        table["found"][0] = 151.0
        table["status"][1] = "differs"

    rewrite(second / "audit" / "claims.ecsv", change)
    found = compared(first, second)
    assert list(found.ledger["first"]) == [150.0, 0.2]
    assert list(found.ledger["second"]) == [151.0, 0.2]
    assert all(found.ledger["differs"])
    said = report.text(found, True)
    assert "R1   teff std: 150.0 ± 9.0 -> 151.0 ± 9.0 K (+0.1 sigma; paper 168;" in said
    assert "0.200 ± 0.010 dex (+0.0 sigma; paper ≤ 0.25; simulated -> differs)" in said


def test_what_moved_most_of_its_errors_comes_first(first, second, rewrite):
    def change(table):
        table["found"] += [1.0, 0.05]

    rewrite(second / "audit" / "claims.ecsv", change)
    found = compared(first, second)
    assert list(found.ledger["quantity"]) == ["feh std", "teff std"]
    assert_allclose(found.ledger["sigmas"], [5 / np.sqrt(2), 1 / np.hypot(9, 9)])
    lines = report.ledger_lines(found.ledger, 1)
    assert lines[1].startswith("R1   feh std: 0.200 ± 0.010 -> 0.250 ± 0.010 dex (+3.5")
    assert lines[2:] == ["and 1 more (--all)"]
    # Numbers of several units have no median, and no largest, together.
    assert np.isnan(column(found, "found", "audit/claims.ecsv").largest)


def test_a_summary_names_products_and_all_says_in_what_they_differ(
    first, second, rewrite, capsys
):
    rewrite(second / CATALOGUE, lambda t: t["teff"].__iadd__(1.0))
    arguments = ["compare", str(first), str(second)]
    assert main(arguments) == 1
    short = capsys.readouterr().out
    assert "1 product differs" in short and "1 lines" not in short
    assert "  catalogue: slam_labels.fits" in short and "teff: 39 of 40" not in short
    assert main([*arguments, "--all"]) == 1
    assert "teff: 39 of 40 rows, median +1 K" in capsys.readouterr().out


def test_stars_elsewhere_are_others_whatever_they_are_called(first, second, rewrite):
    """As those of two draws of a simulation, and the runs share none then."""

    def placed(table):
        table["ra"], table["dec"] = np.linspace(0, 350, len(table)), 40.0
        for name in ("ra", "dec"):
            table[name].unit, table[name].info.description = "deg", name

    for run in (first, second):
        rewrite(run / CATALOGUE, placed)
    rewrite(second / CATALOGUE, lambda t: t["ra"].__iadd__(359.9999))  # proper motion
    found = compared(first, second)
    assert found.stars == (40, 40, 40) and not report.stars_line(found)
    rewrite(second / CATALOGUE, lambda t: t["ra"].__iadd__(np.arange(40) / 10 + 0.1))
    found = compared(first, second)
    assert found.stars == (40, 40, 0) and not found.labels
    assert "the runs share no stars" in report.text(found)
    (part,) = state(found).parts
    assert part.only_first[0] == part.only_second[0] == 40 and not part.columns


def test_other_raw_files_are_where_it_begins(first, second, rewrite, monkeypatch):
    rewrite(second / CATALOGUE, lambda t: t["teff"].__iadd__(1.0))
    raw = {"raw/a.fits": ("12", "simulate_survey"), "raw/b": ("7", "retrieve_file")}
    other = {"raw/a.fits": ("34", "simulate_survey"), "raw/b": ("7", "retrieve_file")}
    assert lineage.others(raw, other) == ["simulate_survey"]
    assert lineage.others(raw, {}) == []  # of an older version: nothing is known
    records = iter([raw, other])
    monkeypatch.setattr(lineage, "raw_files", lambda run: next(records))
    said = report.text(compared(first, second))
    assert "it begins before: other raw files (simulate_survey)" in said


def test_long_lines_are_shown_where_they_differ():
    line = "word " * 40
    one, two = products.shown(line + "a", line + "b")
    assert one.endswith("a'") and two.endswith("b'") and one != two
    assert len(one) < 110 and one.startswith("'...")


def test_the_configuration_stands_side_by_side(first, second):
    config = {"run": "test", "candidates": {"ruwe_max": 1.2}}
    (second / "audit" / "config.yaml").write_text(yaml.safe_dump(config))
    found = compared(first, second)
    assert found.configuration == ["candidates.ruwe_max: 1.4 became 1.2"]
    assert found.equal  # what it changes would be seen in products


def test_numbers_in_texts_have_tolerances_and_words_have_none(first, second):
    path = second / "README.md"
    text = path.read_text()
    path.write_text(text.replace("12.5 K", "12.50000001 K"))
    assert state(compared(first, second), "README.md").state == BYTES
    for old, new in (("12.5", "12.6"), ("mean", "median"), ("1,000", "1,001")):
        path.write_text(text.replace(old, new))
        assert state(compared(first, second), "README.md").state == DIFFERS


def test_rows_that_no_key_tells_apart_are_matched_in_order():
    table = Table({"label": ["feh", "feh", "teff"], "x": [1.0, 2.0, 3.0]})
    rows = match_rows(table, table[[2, 0, 1]])
    assert rows.first.tolist() == [0, 1, 2] and rows.second.tolist() == [1, 2, 0]
    rows = match_rows(table[["x"]], table[["x"]][:2])
    assert rows.keys == () and rows.only_first.tolist() == [2]


def test_pairs_are_matched_by_both_stars():
    pairs = Table({"source_id1": [1, 1, 2], "source_id2": [5, 6, 5]})
    rows = match_rows(pairs, pairs[::-1])
    assert rows.keys == ("source_id1", "source_id2")
    assert rows.second.tolist() == [2, 1, 0] and rows.reordered


def test_a_file_of_tolerances_comes_before_the_default(
    first, second, rewrite, tmp_path, capsys
):
    rewrite(second / CATALOGUE, lambda t: t["teff"].__iadd__(3.0))
    rewrite(second / "slam" / "predictions.fits", lambda t: t["snr"].__imul__(1.001))
    file = tmp_path / "tolerances.yaml"
    file.write_text(
        "- {unit: K, absolute: 5}\n- {product: slam/*, column: snr, relative: 0.01}\n"
    )
    arguments = ["compare", str(first), str(second)]
    assert main(arguments) == 1
    assert main([*arguments, "--all", "--tolerances", str(file)]) == 0
    assert "within the tolerance: teff" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("teff: 5\n", "a list"),
        ("- {columns: teff}\n", "other keys"),
        ("- {absolute: -1}\n", "not a number from 0 up"),
        ("- {ignored: 3}\n", "not true or false"),
        ("- {unit: 5}\n", "not a text"),
        ("- [\n", "cannot be read"),
    ],
)
def test_tolerances_that_are_none_are_refused(
    first, second, tmp_path, capsys, text, said
):
    file = tmp_path / "tolerances.yaml"
    file.write_text(text)
    assert main(["compare", str(first), str(second), "--tolerances", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_what_is_no_run_is_refused(first, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    for other in (tmp_path / "empty", tmp_path / "nowhere"):
        assert main(["compare", str(first), str(other)]) == 2
        assert str(other) in capsys.readouterr().err


def test_the_folder_above_runs_is_no_run(first, second, capsys):
    assert main(["compare", str(first), str(first.parent)]) == 2
    said = capsys.readouterr().err
    assert f"{first.parent} holds no results of a run" in said
    assert f"as {first} or {second}" in said


def test_long_lists_are_cut_without_all(first, second, capsys):
    for k in range(20):
        (first / f"extra{k:02d}.ecsv").write_text("x")
    arguments = ["compare", str(first), str(second)]
    assert main(arguments) == 1
    short = capsys.readouterr().out
    assert "extra14" in short and "extra15" not in short
    assert "  and 5 more (--all)" in short
    assert main([*arguments, "--all"]) == 1
    assert "extra19" in capsys.readouterr().out


def test_a_configuration_that_is_none_is_named(first, second, capsys):
    path = second / "audit" / "config.yaml"
    path.write_text("run: [")
    assert main(["compare", str(first), str(second)]) == 2
    assert f"{path} cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("size", [0, 3000, 9000])
def test_a_damaged_product_is_a_difference_and_stops_nothing(first, second, size):
    content = (second / CATALOGUE).read_bytes()
    (second / CATALOGUE).write_bytes(content[:size])
    found = compared(first, second)
    assert state(found).state == DIFFERS
    assert "cannot be read" in report.text(found, True)


@pytest.mark.parametrize("content", [b"", b"text", 9000])
def test_a_page_of_damaged_products_names_the_file(first, content, capsys):
    path = first / CATALOGUE
    whole = path.read_bytes()
    path.write_bytes(whole[:content] if isinstance(content, int) else content)
    assert main(["datamodel", str(first)]) == 2
    assert f"{path} cannot be read" in capsys.readouterr().err


def test_json_and_page_have_all_of_it(first, second, rewrite, tmp_path, capsys):
    rewrite(second / CATALOGUE, lambda t: t["teff"].__iadd__(1.0))
    (second / "audit" / "config.yaml").write_text("run: <b>other</b>\n")
    outputs = [tmp_path / "a.json", tmp_path / "a.html"]
    options = ["--json", str(outputs[0]), "--html", str(outputs[1])]
    assert main(["compare", str(first), str(second), *options]) == 1
    tree = json.loads(outputs[0].read_text())
    assert tree["equal"] is False and len(tree["ledger"]) == 2
    (product,) = [one for one in tree["products"] if one["state"] == "differs"]
    assert product["rule"] == "assemble_catalogue"
    assert product["parts"][0]["columns"][0]["largest"] == pytest.approx(1.0)
    page = outputs[1].read_text()
    assert "catalogue/slam_labels.fits" in page and "assemble_catalogue" in page
    assert "&lt;b&gt;other" in page and "<b>other" not in page
    assert page.count("<table>") >= 3 and "http" not in page
    assert "audit/claims.ecsv" in page and "all ()" not in page
    assert page.count("<a href=#s") == page.count("<h2 id=s") >= 3


def test_images_are_compared_by_the_rows_of_their_table(first, second):
    from astropy.io import fits

    for run, order in ((first, [0, 1, 2]), (second, [2, 0, 1])):
        table = Table({"source_id": np.array([5, 6, 7])[order]})
        flux = np.arange(12.0).reshape(3, 4)[order]
        hdus = [
            tables.primary_hdu({"run": "test", "simulated": True}),
            tables.to_hdu(table, "STARS"),
            fits.ImageHDU(flux, name="FLUX"),
        ]
        (run / "spectra").mkdir()
        fits.HDUList(hdus).writeto(run / "spectra" / "normalised.fits")
    name = "spectra/normalised.fits"
    assert state(compared(first, second), name).state == BYTES
    with fits.open(second / name, mode="update") as hdus:
        hdus["FLUX"].data[0, 0] += 1
    flux = column(compared(first, second), "FLUX", name)
    assert flux.n_apart == 1 and flux.largest == 1


def test_labels_bins_default_where_the_run_has_no_configuration(first):
    (first / "audit" / "config.yaml").unlink()
    assert runs.edges(first) == runs.EDGES


def test_that_stars_are_no_longer_simulated_is_a_difference(first, second, rewrite):
    rewrite(second / CATALOGUE, lambda table: None, {"run": "test", "simulated": False})
    found = compared(first, second)
    assert not found.equal and state(found).state == DIFFERS
    assert "header SIMULATD: True became False" in report.text(found, True)


def test_infinite_values_and_labels_that_are_all_lost_are_counted(
    first, second, rewrite
):
    def change(table):
        table["teff"][5], table["feh"] = np.inf, np.nan

    rewrite(second / CATALOGUE, change)
    said = report.text(compared(first, second), True)
    assert "teff: 1 of 40 rows, 0 infinite became 1" in said
    assert "39 are null in one of the two (1 nulls became 40)" in said
    assert "feh      no star has it in both runs" in said and "nan" not in said


def test_a_column_that_other_software_renamed_is_named(first, second):
    with fits.open(second / CATALOGUE, mode="update") as hdus:
        number = hdus[1].columns.names.index("teff") + 1
        hdus[1].header[f"TTYPE{number}"] = "teff2"
    said = report.text(compared(first, second), True)
    assert (
        "its header describes a column teff that the table SLAM_LABELS has not" in said
    )


def test_a_folder_of_a_run_is_no_run(first, capsys):
    assert main(["compare", str(first), str(first / "slam")]) == 2
    assert "give the folder of the whole run" in capsys.readouterr().err
