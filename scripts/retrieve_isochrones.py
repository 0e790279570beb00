"""Fetch the PARSEC isochrones from the CMD server."""

from mdwarfs.archives.parsec import parsec
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    server, limits = params.source["address"], Limits(**params.limits).of(params.source)
    parsec(server, snakemake.output.file, params.isochrones, limits)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
