"""Figure 4: SLAM against reference labels of the test stars."""

from mdwarfs import tables
from mdwarfs.figures import figure_04, style
from mdwarfs.job import run


def main(snakemake):
    figure = figure_04.draw(tables.read(snakemake.input.test))
    style.save(
        figure, snakemake.output.pdf, snakemake.output.png, snakemake.params.stamp
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
