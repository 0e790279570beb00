"""Show what the weighting of pixels does to labels."""

from mdwarfs import tables
from mdwarfs.emulation import weightings
from mdwarfs.run.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    snr, shift = weightings.differences(tables.read(snakemake.input.labels))
    found = weightings.summarise_weightings(snr, shift, params.snr_edges)
    tables.write(found, output.weighting, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
