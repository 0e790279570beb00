"""Errors of the labels against the truth, in units of each uncertainty."""

from mdwarfs import tables
from mdwarfs.recovery.pulls import pulls
from mdwarfs.run.job import run
from mdwarfs.validation.pulls import widths_by_snr


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    stars = pulls(
        tables.read(snakemake.input.truth),
        tables.read(snakemake.input.catalogue),
        tables.read(snakemake.input.split),
        params.usable,
    )
    table = widths_by_snr(stars, params.snr_bins)
    tables.write(stars, output.stars, params.stamp)
    tables.write(table, output.pulls, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
