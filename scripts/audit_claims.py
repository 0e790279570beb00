"""Evaluate every number that the paper claims, with a status each."""

from mdwarfs import tables
from mdwarfs.audit import claims, ledger, report
from mdwarfs.audit.run import Run
from mdwarfs.job import run

# Of the largest products, only the columns that are needed.
COLUMNS = {"wide_binaries": ["R_chance_align"], "lamost_fgk": ["n_spectra"]}


def main(snakemake):
    stamp = snakemake.params.stamp
    products = {
        name: tables.read(path, COLUMNS.get(name))
        for name, path in snakemake.input.items()
        if path
    }
    audited = Run(products, snakemake.params.config, bool(stamp["simulated"]))
    book = ledger.load()
    found = claims.evaluate(book, audited)
    tables.write(found, snakemake.output.claims, stamp)
    text = report.write(book, audited, found, products["products"], stamp["run"])
    with tables.atomic(snakemake.output.text) as part:
        part.write_text(text, encoding="utf-8")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
