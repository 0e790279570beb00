"""Give the candidates without a spectrum the labels of the released SLAM table."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.labelling.released import add_released


def main(snakemake):
    labels = add_released(
        tables.read(snakemake.input.predictions),
        tables.read(snakemake.input.candidates, ["source_id", "sdss_id", "snr"]),
        tables.read(snakemake.input.released),
        snakemake.params.labels,
        snakemake.params.prediction,
    )
    tables.write(labels, snakemake.output.labels, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
