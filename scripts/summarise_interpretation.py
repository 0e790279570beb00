"""Say in words what the model knows."""

from mdwarfs import tables
from mdwarfs.interpretation.summary import report
from mdwarfs.run.job import run


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    windows, injected = (
        tables.read(path) if path else None
        for path in (given.get("windows"), given.get("injected"))
    )
    text = report(
        tables.read(given.sensitivity),
        tables.read(given.information),
        tables.read(given.pixels),
        windows,
        injected,
        params.snr,
    )
    tables.write_text(snakemake.output.text, text)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
