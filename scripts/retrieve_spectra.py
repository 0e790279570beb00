"""Fetch the coadded BOSS spectra of all candidates."""

from mdwarfs import tables
from mdwarfs.archives.spectra import fetch_all
from mdwarfs.job import run


def main(snakemake):
    settings = snakemake.params.spectra
    stars = tables.read(snakemake.input.stars, ["sdss_id"])
    fetch_all(
        stars["sdss_id"].tolist(),
        settings["url"],
        snakemake.output.folder,
        settings["streams"],
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
