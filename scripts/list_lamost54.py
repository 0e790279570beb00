"""Join the 54 LAMOST spectra with the labels of their stars."""

from pathlib import Path

from mdwarfs.archives.listed import read_list
from mdwarfs.job import run
from mdwarfs.lamost54.listing import write_list


def main(snakemake):
    folder = Path(snakemake.input.manifest).parent
    write_list(
        read_list(snakemake.input.files),
        folder,
        folder / snakemake.params.catalogue,
        snakemake.output.labels,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
