"""List the coadded BOSS spectra that were simulated."""

import logging

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.simulation.spectrum_files import remove_others
from mdwarfs.spectra.manifest import folder_of
from mdwarfs.tables.tabulate import stacked

logger = logging.getLogger("mdwarfs")


def main(snakemake):
    output = snakemake.output.manifest
    listed = stacked([tables.read(part) for part in snakemake.input.parts])
    listed.sort("sdss_id")
    if removed := remove_others(folder_of(output), listed):
        logger.info("%d spectra of another survey are removed", removed)
    tables.write(listed, output, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
