"""Settle the sign of the Niu+2023 correction of [Fe/H]."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.niu import settle_sign


def main(snakemake):
    sign = settle_sign(tables.read(snakemake.input.pairs))
    tables.write(sign, snakemake.output.sign, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
