"""Differences from the reference labels, in units of each uncertainty."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.calibration import unseen_predictions
from mdwarfs.validation.pulls import against_references, widths_by_snr


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    predictions = unseen_predictions(
        tables.read(snakemake.input.held_out),
        tables.read(snakemake.input.predictions),
        tables.read(snakemake.input.split),
    )
    stars = against_references(
        predictions,
        tables.read(snakemake.input.labels),
        params.names,
        params.usable,
        parts=params.uncertainty["parts"],
        min_per_bin=params.uncertainty["min_per_bin"],
        seed=params.seed,
    )
    tables.write(stars, output.stars, params.stamp)
    tables.write(
        widths_by_snr(stars, params.uncertainty["snr_bins"]), output.pulls, params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
