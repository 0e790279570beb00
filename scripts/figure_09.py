"""Figure 9: the candidates, coloured by temperature and by gravity."""

from mdwarfs import tables
from mdwarfs.figures import figure_09, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_09.draw(tables.read(snakemake.input.catalogue))
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
