import shutil

import pytest

from mdwarfs.errors import InputError
from mdwarfs.provenance.agreement import differences, table
from mdwarfs.provenance.around import begin
from mdwarfs.provenance.history import (
    CHANGED,
    ELSEWHERE,
    GIVEN,
    PART,
    UNKNOWN,
    WHOLE,
    History,
)
from tests.conftest import STAMP
from tests.provenance.small_run import CONFIG, step

LABELS = "catalogue/slam_labels.fits"


def test_a_folder_without_records_is_refused_with_what_helps(tmp_path):
    with pytest.raises(InputError, match="no records of its steps.*forceall"):
        History(tmp_path)


def test_products_of_a_copy_are_as_their_steps_left_them(results, tmp_path):
    shutil.copytree(results, tmp_path / "alone")
    for path in (tmp_path / "alone").rglob("*.fits"):
        path.touch()  # cp leaves no times
    history = History(tmp_path / "alone")
    assert history.state(LABELS) == WHOLE
    assert history.state("slam/parts/1-of-1.fits") == PART
    (figure,) = (path for path in history.makers if "figure_04" in path)
    assert history.state(figure) == ELSEWHERE
    assert History(results).state(figure) == WHOLE


def test_a_file_that_was_edited_or_that_nobody_made_says_so(results):
    (results / LABELS).write_bytes((results / LABELS).read_bytes() + b" ")
    (results / "notes.txt").write_text("mine")
    figure = "figures/test/figure_99.pdf"
    (results.parents[1] / figure).write_text("of an older version")
    (results.parents[1] / "mine.csv").write_text("read by a run on given spectra")
    history = History(results)
    assert history.state(LABELS) == CHANGED
    assert history.state("notes.txt") == history.state(figure) == UNKNOWN
    assert history.state("mine.csv") == GIVEN
    assert history.replaced("summarise_comparisons") == [LABELS]
    assert "assemble_catalogue" in history.live()  # its content was read


def test_what_was_read_leads_to_the_step_that_made_it(results):
    history = History(results)
    (part,) = history.inputs("train_slam")
    assert history.maker(part) == "train_part_1-of-1"
    assert len(history.live()) == len(history.steps) == 10
    step(results, "train_part", {}, {"model": "slam/parts/1-of-1.fits"}, text="anew",
         wildcards={"scatteritem": "1-of-1"})  # fmt: skip
    history = History(results)
    assert history.maker(part) is None
    assert history.replaced("train_slam") == ["slam/parts/1-of-1.fits"]


def test_a_step_whose_products_were_deleted_and_not_used_is_none(results):
    (results / "tables" / "table_2.ecsv").unlink()
    assert "table_2" not in History(results).live()


def test_products_of_one_configuration_agree_with_it(results):
    history = History(results)
    assert differences(history) == []
    found = table(history)
    assert all(found["agrees"]) and len(set(found["configuration"])) == 1
    assert {"boss", "prediction", "seed", "(all)"} >= set(found["key"])
    (row,) = found[found["product"] == LABELS]
    assert (row["key"], row["rule"]) == ("prediction", "assemble_catalogue")
    (row,) = found[found["product"] == "slam/model.fits"]  # whose parts are not kept
    assert (row["key"], row["rule"]) == ("seed", "train_part")


def test_a_product_of_parts_that_are_not_kept_is_held_to_what_made_these(results):
    begin(results, CONFIG | {"seed": 8}, STAMP)
    step(results, "retrieve_spectra", {}, {"manifest": "raw/astra/spectra.ecsv"})
    said = [x.why for x in differences(History(results)) if "model" in x.product]
    assert said == [
        "seed had another value than in audit/config.yaml",
        "raw/astra/spectra.ecsv has been made anew since",
    ]


def test_a_target_made_with_another_configuration_says_which_products_are_not_of_it(
    results,
):
    """Here the catalogue is made anew, and what is read of it is not."""
    other = CONFIG | {"prediction": {"method": "emulated", "usable": {}}}
    step(results, "assemble_catalogue", {"model": "slam/model.fits"},
         {"catalogue": LABELS}, {"prediction": other["prediction"]}, other)  # fmt: skip
    history = History(results)
    said = {x.product: x.why for x in differences(history)}
    assert "prediction had another value" in said[LABELS]
    assert f"{LABELS} has been made anew" in said["comparisons/summary.ecsv"]
    assert "catalogues/boss.ecsv" not in said
    step_of = history.configuration("assemble_catalogue")
    assert step_of == other and history.configuration("clean_boss") == CONFIG
    found = table(history)
    assert list(found["product"][~found["agrees"]]) == [LABELS]
