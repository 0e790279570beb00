"""Measure CaH2, CaH3, TiO5 and zeta of every spectrum."""

from mdwarfs import tables
from mdwarfs.metal_poor.indices import measure
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    files, output, params = snakemake.input, snakemake.output, snakemake.params
    with SpectrumSet.open(files.spectra) as spectra:
        table, locus = measure(spectra, tables.read(files.labels), params.limits)
    tables.write(table, output.indices, params.stamp)
    tables.write(locus.table(), output.locus, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
