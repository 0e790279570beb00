"""The catalogue of a given sample: labels of every row, or why it has none."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.assemble import assemble_catalogue
from mdwarfs.validation.catalogue import FROM_GIVEN


def main(snakemake):
    files = snakemake.input
    catalogue = assemble_catalogue(
        files.labels,
        files.predictions,
        files.power_laws,
        files.calibration,
        files.limits,
        files.split,
        FROM_GIVEN,
        held_out=snakemake.params.held_out,
    )
    tables.write(catalogue, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
