"""The catalogue: SLAM labels of all candidates with their uncertainties."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.assemble import assemble_catalogue
from mdwarfs.validation.catalogue import FROM_CANDIDATES


def main(snakemake):
    files = snakemake.input
    catalogue = assemble_catalogue(
        files.candidates,
        files.predictions,
        files.power_laws,
        files.calibration,
        files.limits,
        files.split,
        FROM_CANDIDATES,
        held_out=False,
    )
    tables.write(catalogue, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
