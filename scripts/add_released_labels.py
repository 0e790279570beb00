"""Give the candidates without a spectrum the labels of the released SLAM table."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.slam.infer.released import add_released


def main(snakemake):
    predictions = tables.read(snakemake.input.predictions)
    labels = add_released(
        predictions,
        tables.read(snakemake.input.candidates, ["source_id", "sdss_id", "snr"]),
        tables.read(snakemake.input.released),
        snakemake.params.labels,
        snakemake.params.prediction,
    )
    labels.meta |= seals.marks_of(predictions)
    tables.write(labels, snakemake.output.labels, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
