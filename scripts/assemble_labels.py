"""Collect the training labels of the M dwarfs in FGK+M pairs."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.labels import assemble_labels, require_labelled


def main(snakemake):
    labels = assemble_labels(
        tables.read(snakemake.input.pairs),
        tables.read(snakemake.input.sign),
        tables.read(snakemake.input.apogee_net),
        tables.read(snakemake.input.aspcap),
        snakemake.params.labels,
    )
    require_labelled(labels)
    tables.write(labels, snakemake.output.labels, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
