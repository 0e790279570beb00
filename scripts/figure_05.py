"""Figure 5: CV bias and scatter against SNR, with the power laws."""

from mdwarfs import tables
from mdwarfs.figures import figure_05, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_05.draw(
        tables.read(snakemake.input.bins), tables.read(snakemake.input.power_laws)
    )
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
