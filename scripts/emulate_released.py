"""Find labels by each ingredient of Astra 0.6.0 alone, and by all of them."""

from mdwarfs import tables
from mdwarfs.emulation.experiment import emulate
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    models = {
        False: regressors.read(snakemake.input.model),
        True: regressors.read(snakemake.input.contiguous),
    }
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        labels = emulate(
            models,
            spectra,
            block=snakemake.params.block,
            threads=snakemake.threads,
        )
    tables.write(labels, snakemake.output.labels, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
