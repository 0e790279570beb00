"""Find the template that each spectrum is most like."""

from mdwarfs import tables
from mdwarfs.metal_poor.templates import match_templates
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.templates import read


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    with SpectrumSet.open(files.spectra) as spectra:
        table = match_templates(
            spectra, read(files.templates), params.continuum, params.limits
        )
    tables.write(table, snakemake.output.matched, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
