"""Fetch the PARSEC isochrones from the CMD server."""

from mdwarfs.archives import parsec
from mdwarfs.job import run


def main(snakemake):
    wanted = snakemake.params.isochrones
    parsec.fetch(
        snakemake.params.url, snakemake.output.parsec, wanted["log_age"], wanted["mh"]
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
