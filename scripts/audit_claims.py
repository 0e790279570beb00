"""Evaluate every number that the paper claims, with a status each."""

from mdwarfs import tables
from mdwarfs.archives.record import read_record
from mdwarfs.audit import claims, ledger, report
from mdwarfs.audit.run import Run
from mdwarfs.run.job import run

# Of the largest products, only the columns that are needed.
COLUMNS = {"wide_binaries": ["R_chance_align"], "lamost_fgk": ["n_spectra"]}


def main(snakemake):
    stamp = snakemake.params.stamp
    inputs = dict(snakemake.input.items())
    records = [read_record(p.removesuffix(".json")) for p in inputs.pop("records", [])]
    products = {
        name: tables.read(path, COLUMNS.get(name))
        for name, path in inputs.items()
        if path
    }
    audited = Run(products, snakemake.params.config, bool(stamp["simulated"]))
    book = ledger.load()
    found = claims.evaluate(book, audited)
    tables.write(found, snakemake.output.claims, stamp)
    text = report.write(
        book, audited, found, products["products"], stamp["run"], records
    )
    tables.write_text(snakemake.output.text, text)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
