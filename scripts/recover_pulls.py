"""Errors of the labels against the truth, in units of each uncertainty."""

from mdwarfs import tables
from mdwarfs.figures import diagnostic_pulls, style
from mdwarfs.job import run
from mdwarfs.recovery.pulls import binned, pulls


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    snr, values = pulls(
        tables.read(snakemake.input.truth),
        tables.read(snakemake.input.catalogue),
        tables.read(snakemake.input.split),
        params.usable,
    )
    table = binned(snr, values, params.snr_bins)
    tables.write(table, output.pulls, params.stamp)
    figure = diagnostic_pulls.draw(table, values)
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
