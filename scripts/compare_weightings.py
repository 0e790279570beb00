"""Show what the weighting of pixels does to labels."""

from mdwarfs import tables
from mdwarfs.emulation import weightings
from mdwarfs.figures import differences, style
from mdwarfs.job import run

TITLE = "Labels with the weighting astra-0.6.0 minus those with inverse variances"


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    snr, shift = weightings.differences(tables.read(snakemake.input.labels))
    found = weightings.summarise_weightings(snr, shift, params.snr_edges)
    tables.write(found, output.weighting, params.stamp)
    figure = differences.draw(shift, snr, found, TITLE)
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
