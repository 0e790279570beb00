"""The audit as a person reads it, and the scripts that write it."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.archives.record import write_record
from mdwarfs.audit import claims, data, report
from mdwarfs.tables import absent
from mdwarfs.tables.markdown import number

PRODUCTS = Table(
    {
        "path": ["samples/split.fits"], "rule": ["split_sample"], "n_rows": [1120],
        "n_columns": [3], "n_nulls": [0], "nulled": [""],
        "problems": ["lacks 3 labelled stars"],
    }
)  # fmt: skip


def text_of(book, run):
    return report.write(book, run, claims.evaluate(book, run), PRODUCTS, "test")


def test_a_simulated_run_says_first_that_it_is_one(book, simulated):
    text = text_of(book, simulated)
    head = text[: text.index("## Numbers")]
    assert "simulated stars" in head and "reproduces nothing of the sky" in head
    assert "reproduced" not in text[: text.index("## Equations")]


def test_a_real_run_has_no_column_of_injected_truth(book, sky):
    text = text_of(book, sky)
    assert "injected" not in text[: text.index("## Equations")]
    head = text[: text.index("## Numbers")]
    assert "- 58 numbers printed in the paper: 1 differs, 57 reproduced\n" in head
    assert "- 6 numbers that follow from printed ones: 6 reproduced\n" in head
    assert "our expectation: 27 reproduced" in head


def test_what_was_made_null_is_listed_by_column_and_reason(book, sky):
    table = claims.evaluate(book, sky)
    text = report.write(book, sky, table, PRODUCTS, "test")
    assert "Values made null" not in text
    listed = PRODUCTS.copy()
    listed["nulled"] = ["3 of 90 teff: fill value -9999; 1 of 90 feh: outside -6 to 2"]
    text = report.write(book, sky, table, listed, "test")
    section = text[text.index("## Values made null") : text.index("## Products")]
    assert "| `samples/split.fits` | teff | fill value -9999 | 3 | 90 |" in section
    assert "| `samples/split.fits` | feh | outside -6 to 2 | 1 | 90 |" in section


def test_everything_is_in_the_text(book, sky):
    text = text_of(book, sky)
    for entry in (*book.figures, *book.tables, *book.equations):
        assert f"\n| {entry['id']} | " in text
    for claim in book.numbers:
        assert f"\n| {claim.id} | " in text
    for entry in book.contradictions:
        assert f"**{entry['id']}**" in text
        assert entry["printed"] in text and entry["corrected"] in text
    assert "| `samples/split.fits` | split_sample | 1,120 | 3 | 0 | lacks 3" in text


def test_every_line_of_a_table_has_as_many_cells_as_its_head(book, simulated):
    width = None
    for line in text_of(book, simulated).splitlines():
        cells = line.replace("\\|", "").count("|") if line.startswith("|") else None
        assert width is None or cells is None or cells == width, line
        width = cells


def test_counts_and_offsets_are_judged_apart_and_what_differs_is_named(book, simulated):
    simulated.tables["pairs_m_m_counts"]["n_left"][-1] = 255
    text = text_of(book, simulated)
    head = text[: text.index("## Numbers")]
    # The imaginary run has other candidates and another split than it was given.
    counts = head[head.index("Counts") : head.index("Offsets")]
    assert "8 agree, 4 differ" in counts
    for name in ("N1 candidates", "N6 pairs", "N7 train", "N7 test"):
        assert name in counts
    offsets = head[head.index("Offsets") :]
    # Here without errors, 0.03 dex and others differ where nothing was put in.
    assert "20 agree, 4 differ" in offsets
    assert "- N6 pairs: found 255, injected 256 pairs\n" in head
    for name in ("R1 feh", "R1 teff", "R2 feh", "R6 teff"):
        assert f"{name}, median" in offsets


def test_the_paper_s_sample_has_a_section_with_counts_and_differences(
    book, simulated, sky
):
    for run in (simulated, sky):
        text = text_of(book, run)
        section = text[text.index("## The paper's own sample") :]
        assert "| Pairs in both samples | 1,110 |" in section
        assert "| — The M dwarf is not among the BOSS stars | 10 |" in section
        assert "4561, 4562 |" in section
        assert ("Every one was found" in section) == run.simulated
    simulated.tables["recovered_sample"]["n_found"][1] = 29
    assert "**Not every one was found**" in text_of(book, simulated)


def test_without_the_paper_s_table_the_audit_says_what_it_could_not_compare(book, sky):
    for name in ("paper_sample", "paper_sample_counts"):
        sky.tables[name] = absent.note(sky.tables[name][:0], "NADC is gone")
    assert "**Not compared**: NADC is gone" in text_of(book, sky)
    found = claims.evaluate(book, sky)
    lacking = found[np.char.startswith(np.asarray(found["id"], str), "S")]
    assert len(lacking) == 20
    assert set(lacking["status"]) == {"not testable here"}
    assert set(lacking["note"]) == {"not compared: NADC is gone"}


def test_recovery_against_the_truth_is_shown_for_simulated_runs(book, simulated, sky):
    text = text_of(book, simulated)
    section = text[text.index("## Recovered against the truth") :]
    line = "| feh | dex | 100 | 9 | 0 | 0.02 | 0.2 | 0.2 | 0 | 0.8 | 0 | 2.4 | 0 | 1 |"
    assert line in section
    assert section.count("| teff | K |") == 4  # all twice, lowest and highest SNR
    for widths in ("0.71 to 0.96", "2.13 to 2.88", "1.00 to 1.00"):
        assert f"widths of {widths}" in section
    assert "too large" in section and "too small" in section
    assert "pull, formal, width" in section
    del sky.tables["recovery"]  # of the sky there is no truth
    assert "against the truth" not in text_of(book, sky)


def test_pulls_per_snr_bin_say_which_uncertainty_is_right(book, simulated):
    rows = [
        ("feh", name, number, snr, std, 0.05)
        for name, widths in (("formal", (2.0, 3.0)), ("calibrated", (0.95, 1.15)))
        for number, snr, std in ((0, 8.0, 1.0), (1, 4.0, widths[0]), (2, 16, widths[1]))
    ]
    names = ("label", "uncertainty", "bin", "snr", "std", "e_std")
    assert "## Pulls" not in text_of(book, simulated)
    simulated.tables["pulls"] = Table(rows=rows, names=names)
    text = text_of(book, simulated)
    section = text[text.index("## Pulls against the truth") :]
    assert "| label | uncertainty | SNR 4.0 | SNR 16.0 |" in section
    assert "| feh | formal | 2.00 | 3.00 |" in section
    assert "Of 2 labels and bins, between 0.9 and 1.1" in section
    assert "formal 0 (or by chance 0), calibrated 1 (or by chance 1)" in section


@pytest.mark.parametrize(
    "value, written",
    [(1817594, "1,817,594"), (-34.0, "-34"), (0.25, "0.25"), (0.0, "0"), (np.nan, "")],
)
def test_numbers(value, written):
    assert number(value) == written


def test_scripts_write_the_audit(run_script, tmp_path, simulated, stamp):
    folder = tmp_path / "results" / "test"
    paths = {}
    for name, table in simulated.tables.items():
        paths[name] = folder / f"{name}.ecsv"
        for column in table.colnames:
            table[column].info.description = "of a test"
        tables.write(table, paths[name], stamp)
    audited, found, text = (folder / "audit" / n for n in ("p.ecsv", "c.ecsv", "c.md"))
    run_script(
        "audit_products",
        {"products": [*paths.values()]},
        {"products": audited},
        {"rules": {}},
    )
    raw = tmp_path / "stellar.fits.gz"
    raw.write_bytes(b"rows")
    write_record(raw, {"url": "https://x", "request": {"version": "LAMOST DR11 v1.0"}})
    inputs = {**paths, "products": audited, "nothing": [], "records": [f"{raw}.json"]}
    run_script(
        "audit_claims",
        inputs,
        {"claims": found, "text": text},
        {"config": simulated.config},
    )
    assert len(tables.read(audited)) == len(paths)
    assert set(tables.read(found)["status"]) == {"simulated"}
    written = text.read_text(encoding="utf-8")
    assert written.startswith("# Audit of run test")
    assert "| `stellar.fits.gz` | LAMOST DR11 v1.0 | https://x |" in written


def test_a_raw_file_that_could_not_be_had_is_listed_as_such():
    record = {"file": "t.fits", "request": {"version": "NADC 1"}, "absent": "gone"}
    (_, table) = data.section([record])
    assert "| `t.fits` | NADC 1 | not at hand |" in table
