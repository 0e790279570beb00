"""Figure 2: both components of the FGK+M and M+M pairs."""

from mdwarfs import tables
from mdwarfs.figures import figure_02, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_02.draw(
        tables.read(snakemake.input.pairs_fgk_m),
        tables.read(snakemake.input.pairs_m_m),
    )
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
