"""Fit what makes formal errors of the labels into uncertainties."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.calibration import calibrate, unseen


def main(snakemake):
    predictions = unseen(
        tables.read(snakemake.input.held_out),
        tables.read(snakemake.input.predictions),
        tables.read(snakemake.input.split),
    )
    calibration = calibrate(
        predictions,
        tables.read(snakemake.input.labels),
        snakemake.params.names,
        snakemake.params.usable,
    )
    tables.write(calibration, snakemake.output.calibration, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
