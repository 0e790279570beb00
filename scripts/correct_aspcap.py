"""Equation 10 refitted, and [Fe/H] of ASPCAP corrected with it."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.aspcap_correction import correct_aspcap


def main(snakemake):
    sample, correction = correct_aspcap(
        tables.read(snakemake.input.aspcap),
        tables.read(snakemake.input.catalogue),
        snakemake.params.comparisons,
    )
    tables.write(sample, snakemake.output.sample, snakemake.params.stamp)
    tables.write(correction, snakemake.output.correction, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
