"""Fit what makes formal errors of the labels into uncertainties."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.validation.calibration import calibrate, unseen_predictions


def main(snakemake):
    files = snakemake.input
    made = {path: tables.read(path) for path in (files.held_out, files.predictions)}
    predictions = unseen_predictions(*made.values(), tables.read(files.split))
    calibration = calibrate(
        predictions,
        tables.read(files.labels),
        snakemake.params.names,
        snakemake.params.usable,
    )
    calibration.meta |= seals.shared_marks(made)
    tables.write(calibration, snakemake.output.calibration, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
