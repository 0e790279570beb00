"""Fetch the paper's own Table 3 from NADC."""

from mdwarfs.archives.nadc import published_table
from mdwarfs.archives.transfer import Limits
from mdwarfs.job import run


def main(snakemake):
    limits = Limits(**snakemake.params.limits)
    published_table(snakemake.output.file, snakemake.params.source, limits)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
