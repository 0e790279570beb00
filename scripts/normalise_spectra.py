"""Gather the normalised spectra of all stars."""

from contextlib import ExitStack

from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    with ExitStack() as files:
        parts = [
            files.enter_context(SpectrumSet.open(x)) for x in snakemake.input.parts
        ]
        SpectrumSet.joined(parts).write(
            snakemake.output.spectra, snakemake.params.stamp
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
