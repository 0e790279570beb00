"""Memory and time that rules ask for, held against what was measured."""

import csv
from pathlib import Path

import pytest

from mdwarfs.run import needs

MEASURED = Path(__file__).with_name("measured.tsv")


@pytest.fixture(scope="module")
def known(root):
    return needs.read(root / "rules" / "needs.tsv")


@pytest.fixture(scope="module")
def measured():
    """Rule, threads, size of the input [MB], memory [MB], CPU time [s] of jobs."""
    columns = ("threads", "input_mb", "memory_mb", "cpu_s")
    with open(MEASURED, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [(row["rule"], *(float(row[name]) for name in columns)) for row in rows]


def test_memory_is_enough_and_at_most_twice_what_was_measured(known, measured):
    for rule, threads, megabytes, memory, _ in measured:
        asked = needs.need_of(rule, known).mem_mb(megabytes, threads) - needs.SNAKEMAKE
        assert memory < asked < 2 * memory, (rule, megabytes)


def test_time_is_enough_and_at_most_twice_what_was_measured(known, measured):
    for rule, _, megabytes, _, seconds in measured:
        asked = 60 * needs.need_of(rule, known).runtime(megabytes)
        assert seconds < asked, (rule, megabytes)
        assert asked <= max(2 * seconds + 60, 60 * needs.LEAST), (rule, megabytes)


def test_several_sizes_were_measured(measured):
    sizes = {}
    for rule, _, megabytes, *_ in measured:
        sizes.setdefault(rule, []).append(megabytes)
    grown = [rule for rule, found in sizes.items() if max(found) > 3 * min(found) > 0]
    assert len(sizes) > 80 and len(grown) > 10


def test_more_is_asked_for_with_each_attempt_and_less_by_more_jobs():
    need = needs.Need(100, 50, 2, 600, 60)
    assert need.mem_mb(0, threads=4) == need.mem_mb(0) + 1.4 * 150
    need = needs.Need(100, 0, 2, 600, 60)
    assert need.mem_mb(50, attempt=3) == 3 * need.mem_mb(50) == 3 * (280 + 160)
    assert need.mem_mb(50, share=0.1) == 154 + 160
    assert need.runtime(50) == 84 and need.runtime(50, threads=4) == 21
    assert need.runtime(50, share=0.5, attempt=2) == 84
    assert need.runtime(0, share=0.01) == needs.LEAST


def test_a_rule_that_nobody_measured_asks_for_plenty(known):
    assert needs.need_of("figure_99", known) == known["figure"]
    assert needs.row_of("dance", known) == ""
    assert needs.need_of("dance", known) == needs.UNMEASURED


def test_every_rule_with_a_script_was_measured(root, known):
    rules = {path.stem for path in (root / "scripts").glob("*.py")} - {
        "figure",
        "table",
    }
    assert len(rules) > 90
    assert [rule for rule in sorted(rules) if not needs.row_of(rule, known)] == []


def test_the_size_of_inputs_counts_files_in_folders(tmp_path):
    (tmp_path / "inside").mkdir()
    for name, size in (("one", 1000), ("inside/two", 2000)):
        (tmp_path / name).write_bytes(bytes(size))
    asked = [tmp_path / "one", str(tmp_path / "inside"), tmp_path / "not there yet"]
    assert needs.size(asked) == pytest.approx(3e-3)
    names = "one", "inside/two", "no such file"
    known = {tmp_path / name: 1 for name in names}
    assert needs.size([*asked, tmp_path / "nor this"], known) == pytest.approx(5e-3)
    assert needs.size(asked[:2], known) == pytest.approx(3e-3)
    assert needs.size(asked, {tmp_path / "one": 57}) == pytest.approx(60e-3)


EVERY = "every run"


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ([EVERY], {"catalogues", "samples", "interpretation", "results", "closing"}),
        (
            [EVERY, "simulated", "not shared out"],
            {"survey", "labels", "interpretation", "results", "closing"},
        ),
    ],
)
def test_every_name_of_the_groups_is_of_a_rule_or_a_family(root, known, kinds, names):
    groups = needs.read_groups(root / "rules" / "groups.yaml", kinds)
    assert set(groups) <= set(known) and set(groups.values()) == names
    assert groups[needs.row_of("figure_07", groups)] == "closing"
    shared_out = {"train_part", "normalise_part", "predict_part"} & set(groups)
    assert bool(shared_out) == ("labels" in names)
    assert groups["pair_m_m"] == ("survey" if "survey" in names else "samples")


def test_the_times_of_a_group_are_added_up_so_that_each_is_short():
    need = needs.Need(100, 0, 0, 1, 0)
    assert need.runtime(0) == needs.LEAST
    assert need.runtime(0, least=needs.LEAST_IN_GROUP) == needs.LEAST_IN_GROUP
