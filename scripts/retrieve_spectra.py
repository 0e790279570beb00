"""List the coadded BOSS spectra that were fetched."""

from mdwarfs import tables
from mdwarfs.archives.spectra import require_most
from mdwarfs.run.job import run
from mdwarfs.tables.tabulate import stacked


def main(snakemake):
    params = snakemake.params
    listed = stacked([tables.read(part) for part in snakemake.input.parts])
    require_most(listed, params.source["urls"][0])
    tables.write(listed, snakemake.output.manifest, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
