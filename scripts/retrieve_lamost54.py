"""Fetch 54 LAMOST spectra and the catalogue of their labels from GitHub; list them."""

from pathlib import Path

from mdwarfs import tables
from mdwarfs.archives.listed import fetch_listed, read_list
from mdwarfs.archives.transfer import Limits
from mdwarfs.job import run

BY_HAND = (
    "Without a network, clone github.com/zhenzhenwave/MULySS_zh elsewhere, and copy "
    "what is in its folder Stage2 into {folder}: it is then verified and used. Or name "
    "a folder of spectra and labels as lamost54.folder (docs/real_files.md)."
)


def main(snakemake):
    params, manifest = snakemake.params, snakemake.output.manifest
    fetched = fetch_listed(
        read_list(snakemake.input.files),
        params.fetch["url"],
        Path(manifest).parent,
        params.fetch["streams"],
        Limits(**params.fetch["limits"]),
        "GitHub",
        BY_HAND.format(folder=Path(manifest).parent.resolve()),
    )
    tables.write(fetched, manifest, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
