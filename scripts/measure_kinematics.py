"""Measure the velocity of every candidate, and say which are of the halo."""

from mdwarfs import tables
from mdwarfs.metal_poor.kinematics import measure
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    with SpectrumSet.open(files.spectra) as spectra:
        table = measure(tables.read(files.candidates), spectra.stars, params.limits)
    tables.write(table, snakemake.output.kinematics, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
