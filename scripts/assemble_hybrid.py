"""The catalogue of hybrid labels, and what to use which catalogue for."""

from mdwarfs import tables
from mdwarfs.hybrid.stars import publish
from mdwarfs.hybrid.words import readme
from mdwarfs.job import run
from mdwarfs.validation.catalogue import FROM_CANDIDATES, FROM_GIVEN


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    catalogue = publish(
        tables.read(files.stars),
        tables.read(files.predictions),
        tables.read(files.held_out),
        FROM_GIVEN if params.given else FROM_CANDIDATES,
    )
    tables.write(catalogue, snakemake.output.catalogue, params.stamp)
    tables.write_text(snakemake.output.text, readme(params.stamp))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
