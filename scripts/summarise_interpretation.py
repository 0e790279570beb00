"""Say in words what the model knows."""

from mdwarfs import tables
from mdwarfs.interpretation.summary import report
from mdwarfs.job import run


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    windows = given.get("windows")
    text = report(
        tables.read(given.sensitivity),
        tables.read(given.information),
        tables.read(given.pixels),
        tables.read(windows) if windows else None,
        params.snr,
        params.stamp["simulated"],
    )
    tables.write_text(snakemake.output.text, text)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
