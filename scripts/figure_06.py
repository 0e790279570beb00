"""Figure 6: comparisons of [Fe/H]."""

from mdwarfs import tables
from mdwarfs.figures import figure_06, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_06.draw(
        tables.read(snakemake.input.m_m),
        tables.read(snakemake.input.birky),
        tables.read(snakemake.input.behmard),
    )
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
