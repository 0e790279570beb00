"""Fetch the files of a list whose checksums are known; list what there is."""

from pathlib import Path

from mdwarfs import tables
from mdwarfs.archives.listed import fetch_listed, read_list
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run

BY_HAND = (
    "Without a network, bring the files from {url} by other ways and put them into "
    "{folder}, under the paths of {list}: they are then verified and used. Or say "
    "where they lie as files.folder, with files.fetch: null."
)


def main(snakemake):
    fetch, manifest = snakemake.params.fetch, snakemake.output.manifest
    folder, files = Path(manifest).parent, snakemake.input.files
    fetched = fetch_listed(
        read_list(files),
        fetch["url"],
        folder,
        fetch["streams"],
        Limits(**fetch["limits"]),
        snakemake.params.archive,
        BY_HAND.format(url=fetch["url"], folder=folder.resolve(), list=files),
    )
    tables.write(fetched, manifest, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
