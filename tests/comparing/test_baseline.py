"""A run held against stored numbers."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from astropy.table import Table

from mdwarfs.comparing import baseline
from mdwarfs.comparing.baseline import QUANTILES, Allowed, moved, of_run, statistics
from mdwarfs.comparing.lineage import origins, upstream
from mdwarfs.errors import InputError

CATALOGUE = "catalogue/slam_labels.fits"
GRAPH = {
    "assemble_catalogue": ["predict_labels"],
    "predict_labels": ["train_slam"],
    "train_slam": [],
    "audit_claims": ["assemble_catalogue"],
}
FEW = [Allowed(spread=0.003, relative=0.003, counts=0.02)]


@pytest.fixture
def stored(first, tmp_path, monkeypatch):
    """The first run as a baseline."""
    monkeypatch.setattr(baseline, "WHOLE", ("audit/claims.ecsv",))
    folder = tmp_path / "baseline"
    baseline.store(first, folder)
    (folder / baseline.GRAPH).write_text(json.dumps(GRAPH))
    entries = [{"spread": 0.003, "relative": 0.003, "counts": 0.02}]
    (folder / baseline.TOLERANCES).write_text(yaml.safe_dump(entries))
    (folder / baseline.TABLE_TOLERANCES).write_text("- {relative: 0.01}\n")
    return folder


def test_a_run_is_its_own_baseline(first, stored):
    assert baseline.check(first, stored) == ""


def test_a_change_of_one_per_cent_says_what_moved_by_how_much_and_where(
    second, stored, rewrite
):
    rewrite(second / "slam" / "predictions.fits", lambda t: t["teff"].__imul__(1.01))
    rewrite(second / CATALOGUE, lambda t: t["teff"].__imul__(1.01))
    said = baseline.check(second, stored)
    lines = said.splitlines()
    assert lines[0].endswith("it begins with the products of predict_labels")
    assert lines[1] == "slam/predictions.fits (rule predict_labels)"
    assert "teff: mean" in lines[2] and "+1 %" in lines[2]
    below = "(rule assemble_catalogue, downstream of predict_labels)"
    assert f"{CATALOGUE} {below}" in lines
    assert "feh" not in said


def test_a_number_of_a_whole_table_is_named(second, stored, rewrite):
    def change(table):
        table["found"][0] *= 1.02

    rewrite(second / "audit" / "claims.ecsv", change)
    assert "found: 1 of 2 rows" in baseline.check(second, stored)


def test_what_moves_less_than_is_allowed_is_nothing(second, stored, rewrite):
    rewrite(second / CATALOGUE, lambda t: t["e_teff"].__imul__(1.0005))
    assert baseline.check(second, stored) == ""


def changed(table, change):
    """What of a table moved, as (column, statistic)."""
    before = {"a": {"rule": "", "columns": baseline.of_table(table, "")}}
    table = table.copy()
    found = change(table)
    table = found if isinstance(found, Table) else table
    after = {"a": {"rule": "", "columns": baseline.of_table(table, "")}}
    return {(one.column, one.statistic) for one in moved(after, before, FEW)}


def test_rows_nulls_flags_texts_units_and_columns_are_noticed(catalogue):
    def null(table):
        table["feh"][:2] = np.nan

    def flag(table):
        table["flags"][:9] |= 32

    def text(table):
        table["reason"][:2] = "no labels"

    def unit(table):
        table["teff"].unit = "kK"

    assert ("*", "rows") in changed(catalogue, lambda t: t[:-1])
    assert ("feh", "number of null") in changed(catalogue, null)
    assert ("flags", "number of at_edge") in changed(catalogue, flag)
    assert ("reason", "number of no labels") in changed(catalogue, text)
    assert ("teff", "unit (K became kK)") in changed(catalogue, unit)
    assert changed(catalogue, lambda t: t.remove_column("feh")) == {("feh", "column")}
    assert changed(catalogue, lambda t: t[::-1]) == set()


def test_a_product_that_is_gone_or_new_is_noticed(first):
    found = of_run(first)
    other = copy.deepcopy(found)
    other["new.fits"] = other.pop(CATALOGUE)
    said = {(one.product, one.before, one.after) for one in moved(other, found, FEW)}
    assert said == {(CATALOGUE, 1.0, None), ("new.fits", None, 1.0)}


def test_statistics_of_identifiers_and_checksums_are_not_taken(first):
    columns = statistics(first / CATALOGUE)
    assert "source_id" not in columns and columns["*"] == {"rows": 40}
    assert columns["teff"]["unit"] == "K" and columns["teff"]["counts"] == {"null": 1}


def test_many_texts_are_counted_and_few_are_named():
    table = Table({"few": ["a", "b"] * 20, "many": [f"{i}" for i in range(40)]})
    found = baseline.of_table(table, "")
    assert found["few"] == {"counts": {"a": 20, "b": 20}}
    assert found["many"] == {"counts": {"distinct": 40, "empty": 0}}


def test_the_first_tolerance_that_fits_holds(first):
    found, other = of_run(first), copy.deepcopy(of_run(first))
    other[CATALOGUE]["columns"]["teff"]["mean"] += 10.0
    wide = Allowed(product="catalogue/*", column="teff", relative=0.1)
    assert moved(other, found, [wide, Allowed()]) == []
    assert len(moved(other, found, [Allowed(), wide])) == 1


def test_a_folder_that_is_no_baseline_is_refused(first, stored, tmp_path):
    with pytest.raises(InputError, match="holds no baseline"):
        baseline.check(first, tmp_path)
    (stored / baseline.TOLERANCES).write_text("- {spred: 1}\n")
    with pytest.raises(InputError, match="keys that are none"):
        baseline.check(first, stored)


def test_where_differences_begin():
    assert upstream("audit_claims", GRAPH) == {
        "assemble_catalogue", "predict_labels", "train_slam",
    }  # fmt: skip
    assert origins(["audit_claims", "predict_labels"], GRAPH) == {
        "audit_claims": ["predict_labels"],
        "predict_labels": [],
    }


STORED = Path(__file__).parents[1] / "workflow" / "baseline"


def test_one_per_cent_of_any_column_of_the_small_run_is_noticed():
    """But where the tolerances say why not."""
    stored, _, allowed = baseline.load(STORED)
    missed = []
    for name, one in stored.items():
        for column, before in one["columns"].items():
            keys = [key for key in before if key in ("mean", "std", *QUANTILES)]
            after = before | {key: before[key] * 1.01 for key in keys}
            limits = baseline.limits_of(allowed, name, column)
            nothing = 200 * limits.absolute
            large = any(abs(before[key]) > nothing for key in keys)
            if large and not limits.noisy:
                if not baseline.changes(name, column, before, after, limits, 1):
                    missed.append(f"{name} {column}")
    assert missed == []


def test_every_tolerance_of_the_small_run_has_a_reason_and_is_used():
    stored, _, allowed = baseline.load(STORED)
    used = {
        baseline.limits_of(allowed, name, column)
        for name, one in stored.items()
        for column in one["columns"]
    }
    assert set(allowed) == used
    assert all(entry.why for entry in allowed)


def test_the_baseline_is_small():
    size = sum(path.stat().st_size for path in STORED.rglob("*") if path.is_file())
    assert size < 600_000
