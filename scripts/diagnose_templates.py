"""Hold simulated spectra against the template spectra of the same spectral types."""

from mdwarfs import tables
from mdwarfs.recovery import templates
from mdwarfs.run.job import run
from mdwarfs.spectra.templates import read


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    compared = templates.compare(
        read(snakemake.input.templates),
        params.wave_min,
        params.wave_max,
        params.continuum,
    )
    tables.write(templates.table(compared), output.table, params.stamp)
    tables.write(templates.spectra(compared), output.spectra, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
