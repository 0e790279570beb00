"""Fetch one file from its archive."""

from mdwarfs.archives.fetch import fetch
from mdwarfs.job import run


def main(snakemake):
    source = snakemake.params.file
    fetch(
        source["urls"],
        snakemake.output.file,
        source["kind"],
        source["archive"],
        source.get("bytes"),
        source.get("md5"),
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
