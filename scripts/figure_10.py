"""Figure 10: the ASPCAP metallicities before and after equation 10."""

from mdwarfs import tables
from mdwarfs.figures import figure_10, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_10.draw(tables.read(snakemake.input.aspcap))
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
