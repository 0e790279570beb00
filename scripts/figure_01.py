"""Figure 1: all M-type stars in the colour-magnitude diagram."""

from mdwarfs import tables
from mdwarfs.figures import figure_01, style
from mdwarfs.job import run


def main(snakemake):
    m_type = tables.read(snakemake.input.m_type, ["bp_rp0", "mg0", "candidate"])
    figure = figure_01.draw(m_type, snakemake.params.candidates)
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
