"""List every intermediate product, its origin, contents and defects."""

from mdwarfs import tables
from mdwarfs.audit.products import audit
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    products = audit(snakemake.input.products, params.rules, params.stamp)
    tables.write(products, snakemake.output.products, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
