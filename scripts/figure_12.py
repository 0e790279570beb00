"""Figure 12: [Fe/H] differences of FGK+FGK pairs before and after equation 11."""

from mdwarfs import tables
from mdwarfs.figures import figure_12, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_12.draw(
        tables.read(snakemake.input.pairs_fgk_fgk), tables.read(snakemake.input.sign)
    )
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
