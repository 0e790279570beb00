"""Figure 3: histograms of the training labels."""

from mdwarfs import tables
from mdwarfs.figures import figure_03, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_03.draw(
        tables.read(snakemake.input.labels),
        tables.read(snakemake.input.split),
        snakemake.params.usable,
    )
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
