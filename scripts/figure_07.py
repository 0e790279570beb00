"""Figure 7: comparisons of the effective temperature."""

from mdwarfs import tables
from mdwarfs.figures import figure_07, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_07.draw(
        tables.read(snakemake.input.birky),
        tables.read(snakemake.input.lamost_m),
        tables.read(snakemake.input.mann),
        snakemake.params.bin_width,
    )
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
