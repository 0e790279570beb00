"""Fetch the paper's own Table 3 from NADC, or write down why it does not come."""

from mdwarfs.archives.nadc import table_or_reason
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    limits = Limits(**params.limits).of(params.source)
    table_or_reason(snakemake.output.file, params.source, limits)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
