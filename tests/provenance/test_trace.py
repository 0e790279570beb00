import json
import re

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.errors import InputError
from mdwarfs.given import summary_numbers
from mdwarfs.provenance import commits, given_numbers, questions
from mdwarfs.provenance.sources import archive_of
from mdwarfs.provenance.telling import from_archive, text
from mdwarfs.provenance.trace import trace
from mdwarfs.tables.tabulate import annotate, from_rows
from tests.conftest import STAMP
from tests.provenance.small_run import ARCHIVE, CONFIG, step

RAW = "raw/boss/spAll.fits.gz"
LABELS = "catalogue/slam_labels.fits"
SCATTER = "standard deviation of the difference"


@pytest.mark.parametrize(
    ("question", "product", "words"),
    [
        ("R1 feh std", "audit/claims.ecsv", "feh, std: 0.240 ± 0.010 dex"),
        ("r1 FEH median", "audit/claims.ecsv", "feh, median: 0.240 ± 0.010"),
        ("table 2 R4 feh", "tables/table_2.ecsv", "R4 Behmard et al. (2025): feh 0.02"),
        ("Table 2 behmard", "tables/table_2.ecsv", "± 0.150 dex, 90 stars"),
        ("slam_labels.fits", LABELS, "file catalogue/slam_labels.fits"),
        ("results/test/slam/model.fits", "slam/model.fits", "file slam/model.fits"),
        ("figure_04.pdf", "figures/test/figure_04.pdf", "file figures/test"),
        ("slam_labels.fits:teff", LABELS, f"column teff of {LABELS}"),
        ("54000001", LABELS, "feh -0.120 dex, teff 3456 K; flags: faint"),
        ("30000000001", LABELS, "star 54000001, 30000000001"),
    ],
)
def test_every_question_ends_at_the_archive(made, question, product, words):
    found = trace(made, question)
    assert product in found["products"] and words in "\n".join(found["words"])
    archive = found["files"][RAW]["archive"]
    assert archive["address"] == ARCHIVE
    assert archive["date"] == "2026-11-28T12:01:56+00:00"
    assert found["files"][RAW]["step"] == "retrieve_spall"
    said = text(found)
    what = "2026-11-28 12:01:56 UTC; SDSS DR19 (spAll.fits.gz.json)"
    assert re.search(rf"from {ARCHIVE}\n +{re.escape(what)}\n", said)
    assert "not as in" not in said and "made anew" not in said


def test_a_star_of_a_given_table_is_found_by_its_name_and_is_no_other(results):
    table = tables.read(results / LABELS)
    table["id"] = ["2M0001", "2M0002"]
    for null in (0, -999):
        table["sdss_id"] = null
        tables.write(annotate(table, {"id": ("", "id")}), results / LABELS, STAMP)
        found = trace(results, "30000000001")
        assert found["words"][0] == "star 30000000001"
        assert found["files"][LABELS]["place"] == "row 1"
    found = trace(results, "2M0002")
    assert found["words"][0] == "star 30000000002, 2M0002"
    assert found["files"][LABELS]["place"] == "row 2"
    with pytest.raises(InputError, match="no such file, star or number"):
        trace(results, "2M0003")


@pytest.mark.parametrize("name", ["12345", "30000000001", "TIC:12345"])
def test_a_given_name_can_be_digits_or_have_a_colon(results, name):
    table = tables.read(results / LABELS)[:1]
    table["id"] = [name]
    tables.write(annotate(table, {"id": ("", "id")}), results / LABELS, STAMP)
    found = trace(results, name)
    known = dict.fromkeys(["54000001", "30000000001", name])
    assert sorted(found["words"][0].removeprefix("star ").split(", ")) == sorted(known)
    assert found["files"][LABELS]["place"] == "row 1"


def test_numbers_of_given_spectra_are_found_by_their_words(results):
    step(
        results, "summarise_files", {"test": "slam/model.fits", "other": RAW},
        {"numbers": given_numbers.NUMBERS}, make={"numbers": numbers_of_given},
    )  # fmt: skip
    found = trace(results, "slam teff std")
    (line,) = found["words"]
    assert line.startswith(
        "standard deviation of the difference (SLAM, teff): 91 ± 12 K"
    )
    assert line.endswith("735 stars; real, in slam/model.fits")
    assert found["files"][given_numbers.NUMBERS]["place"] == "row 1"
    assert "from 1 more of its inputs it was not taken" in text(found)
    assert len(trace(results, "difference")["words"]) == given_numbers.MOST + 1
    with pytest.raises(InputError, match="no such file, star or number"):
        trace(results, "slam teff median")


def numbers_of_given(path):
    """A number of SLAM, and many of another method."""
    rows = [
        ["standard deviation of the difference", x, "teff"] for x in "abcdefghijklm"
    ]
    rows = [["standard deviation of the difference", "SLAM", "teff"], *rows]
    rows = [[*x, 91.2, 12.3, "K", 735, "slam/model.fits", "real"] for x in rows]
    tables.write(from_rows(rows, summary_numbers.COLUMNS), path, STAMP)


def test_the_labels_of_a_star_have_their_uncertainties_and_digits():
    row = {"feh": 0.3338, "feh_niu": 0.1, "teff": 3413.2, "alpha_m": np.nan}
    errors = {f"{x}teff": 10.26 for x in ("e_", "sigma_", "formal_e_")}
    errors["e_feh"] = 0.0731
    row |= errors | {"flag_names": "", "reason": ""}
    (row,) = Table([row])
    assert questions._labels("a.fits", row) == (
        "a.fits: feh 0.334 ± 0.073 dex, feh_niu 0.100 dex, "
        "teff 3413 K (± power law 10, calibrated 10, formal 10)"
    )


def test_a_step_tells_code_parameters_and_inputs(made):
    found = trace(made, "slam_labels.fits")
    step = found["steps"]["assemble_catalogue"]
    assert step["inputs"] == ["slam/model.fits", "catalogues/boss.ecsv"]
    assert step["parameters"] == {"prediction": CONFIG["prediction"]}
    assert step["code"]["digest"] == "0123456789abcdef"
    said = text(found)
    assert 'prediction = {"method": "map", "usable": {"feh": [-0.6, 0.5]}}' in said
    assert "scripts/assemble_catalogue.py, code 0123456789abcdef" in said
    assert said.index("<- [1] assemble_catalogue") < said.index("<- [2] train_slam")


def test_of_what_the_audit_reads_that_is_followed_which_has_the_number(made):
    found = trace(made, "R1 feh std")
    assert found["steps"]["audit_claims"]["inputs"] == ["comparisons/summary.ecsv"]
    assert found["steps"]["audit_claims"]["passed_over"] == ["raw/astra/spectra.ecsv"]
    assert found["steps"]["summarise_comparisons"]["inputs"] == [LABELS]
    assert "(from 1 more of its inputs it was not taken)" in text(found)
    whole = trace(made, "comparisons/summary.ecsv")["steps"]["summarise_comparisons"]
    assert whole["inputs"] == [LABELS, "catalogues/boss.ecsv"]


@pytest.mark.parametrize(
    ("record", "address", "request_"),
    [
        ({"request": {"urls": ["x"]}, "rows": 170, "rows_kept": 170}, "x", "170 rows"),
        ({"request": {"query": "SELECT"}, "rows": 1}, "x", "1 row, 1 query"),
        (
            {"request": {"queries": ["a", "b"]}, "rows": 1097, "answered": ["x/Sql"]},
            "x/Sql",
            "1,097 rows, 2 queries",
        ),
        ({"request": {}, "rows": 712, "missing": 4}, "x", "712 files"),
        ({"request": {}, "rows": 9, "rows_kept": 2}, "x", "9 rows, 2 of them kept"),
        ({"request": {}, "absent": "NADC did not give it"}, "NADC did not give it", ""),
    ],
)
def test_an_archive_is_told_as_its_record_has_it(tmp_path, record, address, request_):
    """Where it answered, and what was asked for, of which the record has the text."""
    said = {"url": "x", "time": "2026-11-28T12:01:56+00:00"} | record
    (tmp_path / "a.fits.json").write_text(json.dumps(said))
    found = archive_of(tmp_path / "a.fits")
    assert (found.address, found.request) == (address, request_)
    place, what = from_archive(found._asdict())
    assert place == f"from {address}"
    assert what.startswith("2026-11-28 12:01:56 UTC") and what.endswith("(a.fits.json)")


def test_what_was_read_twice_is_told_once(made):
    said = text(trace(made, "slam_labels.fits"))
    assert said.count("catalogues/boss.ecsv  <- ") == 2
    assert said.count("from " + ARCHIVE) == 1


def test_a_column_and_a_star_say_where_they_stand_in_what_lies_behind(made):
    places = {
        path: file["place"]
        for path, file in trace(made, "slam_labels.fits:teff")["files"].items()
        if "place" in file
    }
    assert places == {
        LABELS: "column teff",
        "catalogues/boss.ecsv": "has a column teff",
    }
    found = trace(made, "54000001")
    assert found["files"]["catalogues/boss.ecsv"]["place"] == "row 1"
    (spectrum,) = (x for x in found["words"] if x.startswith("spectrum"))
    assert spectrum.startswith("spectrum raw/astra/spectra/star/one.fits, sha256 ")
    assert "products that have it (rows are counted from 1):" in found["words"]
    assert "  catalogue: slam_labels.fits row 1" in found["words"]
    without = trace(made, "54000002")["words"]
    assert f"{LABELS}: no labels: there is no such file" in without
    assert "no spectrum: there is no such file" in without


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("R1 vsini", "R1 of the audit has: feh, median; feh, std"),
        ("table 2 R9", r"has the lines R1 \(Test stars\), R4"),
        ("model.pkl", "no such file, star or number"),
        ("slam_labels.fits:vsini", "has no column vsini; it has source_id"),
        ("figure_04.pdf:teff", "is no table"),
        ("99999999", "no product of this run has a star 99999999"),
    ],
)
def test_what_the_run_has_not_is_said_with_what_it_has(made, question, message):
    with pytest.raises(InputError, match=message):
        trace(made, question)


def test_a_name_of_several_files_is_refused(results):
    step(results, "other", {}, {"labels": "methods/slam_labels.fits"})
    with pytest.raises(InputError, match="may be .*catalogue.*methods"):
        trace(results, "slam_labels.fits")
    assert trace(results, f"{results}/{LABELS}")["products"] == [LABELS]


def test_steps_that_do_not_belong_together_are_said(results):
    other = CONFIG | {"prediction": {"method": "emulated", "usable": {}}}
    step(results, "assemble_catalogue", {"model": "slam/model.fits"},
         {"catalogue": LABELS}, {"prediction": other["prediction"]}, other)  # fmt: skip
    (results / "slam" / "model.fits").write_text("edited")
    said = text(trace(results, "comparisons/summary.ecsv"))
    assert "! [2] assemble_catalogue was run with another configuration" in said
    assert f"! {LABELS} has been made anew since [1] summarise_comparisons" in said
    assert "! slam/model.fits is not as [4] left it" in said


def test_the_command_prints_text_or_json(made, capsys):
    assert main(["trace", "R1", "feh", "std", "--run", str(made)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("R1: SLAM minus reference (section 4)\nfeh, std: 0.240")
    assert main(["trace", "R1 feh std", "--run", str(made), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["steps"]["clean_boss"]["parameters"] == {"boss": CONFIG["boss"]}
    assert main(["trace", "R1 feh std", "--run", str(made / "raw")]) == 2
    assert "no records of its steps" in capsys.readouterr().err


def test_a_number_says_which_cell_it_is(made):
    said = trace(made, "R1 feh std")
    assert "    column std of row 1 of comparisons/summary.ecsv" in said["words"][2]
    assert said["files"]["comparisons/summary.ecsv"]["place"].startswith("row 1, col")
    assert said["files"]["audit/claims.ecsv"]["place"] == "row 2"


def test_modules_are_listed_on_demand_and_parts_are_called_so(made):
    found = trace(made, "slam_labels.fits")
    assert "modules:" not in text(found) and "modules:" in text(found, verbose=True)
    assert "slam/parts/1-of-1.fits  <- " in text(found)
    assert "train_part  not there (a temporary part)" in text(found)


def test_steps_of_several_commits_are_said_first(made):
    found = trace(made, "slam_labels.fits")
    for number, one in enumerate(found["steps"].values()):
        one["code"] |= {
            "commit": "ab" * 20 if number else "cd" * 20,
            "date": "2026-11-28T15:13:05+00:00",
            "changed": ["workflow/profiles/slurm/config.yaml"] if number > 1 else [],
        }
    said = text(found).splitlines()[1]
    assert "steps of 2 commits: ababababab of 2026-11-28 (" in said
    assert "profiles" not in text(found)


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("workflow/mdwarfs/labels.py", True),
        ("rules/audit.smk", True),
        ("Snakefile", True),
        ("workflow/profiles/slurm/config.yaml", False),
        ("workflow/report/caption.rst", False),
        ("docs/page.md", False),
        ("tests/once.py", False),
    ],
)
def test_only_files_that_can_change_a_product_count(path, counts):
    assert commits.can_change(path) == counts


def traced(results, capsys, question="slam_labels.fits"):
    status = main(["trace", question, "--run", str(results)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_product_that_was_edited_comes_first_and_has_a_status(results, capsys):
    assert traced(results, capsys)[0] == 0
    (results / LABELS).write_bytes((results / LABELS).read_bytes() + b" " * 2880)
    status, said, _ = traced(results, capsys)
    assert status == 1
    assert said.startswith(f"! {LABELS} is not as [1] left it\n")


def test_a_configuration_that_has_gone_is_missing_and_not_another(results, capsys):
    (results / "audit" / "config.yaml").unlink()
    status, said, _ = traced(results, capsys)
    assert status == 1 and "another configuration" not in said
    assert said.startswith("! audit/config.yaml is missing")


@pytest.mark.parametrize("text", ["{}", "[]", '{"outputs": 3}'])
def test_a_record_that_is_none_is_named(results, capsys, text):
    (results / "provenance" / "train_slam.json").write_text(text)
    status, _, said = traced(results, capsys)
    assert status == 2 and "train_slam.json" in said and "Traceback" not in said


@pytest.mark.parametrize("name", ["x" * 3000, "/etc/passwd"])
def test_what_is_no_file_of_the_run_is_refused(made, capsys, name):
    status, _, said = traced(made, capsys, name)
    assert status == 2 and "no" in said and "Traceback" not in said


def test_a_file_of_the_run_that_no_step_made_is_found(results, capsys):
    (results / "report").mkdir()
    (results / "report" / "index.html").write_text("by hand")
    status, said, _ = traced(results, capsys, "index.html")
    assert status == 0 and "report/index.html  made by no step on record" in said
