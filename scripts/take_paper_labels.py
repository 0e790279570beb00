"""Take the training labels from the paper's own table of FGK+M pairs."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.paper_labels import take_paper_labels


def main(snakemake):
    labels, stars = take_paper_labels(
        tables.read(snakemake.input.paper_pairs), tables.read(snakemake.input.m_type)
    )
    tables.write(labels, snakemake.output.labels, snakemake.params.stamp)
    tables.write(stars, snakemake.output.stars, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
