"""Figure 11: metallicity over the colour-magnitude diagram, with isochrones."""

from mdwarfs import tables
from mdwarfs.figures import figure_11, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_11.draw(
        tables.read(snakemake.input.catalogue),
        tables.read(snakemake.input.aspcap),
        tables.read(snakemake.input.parsec),
    )
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
