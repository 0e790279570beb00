"""Train the hybrid model, and label its stars by models that have not seen them."""

from mdwarfs import tables
from mdwarfs.hybrid import model_file
from mdwarfs.hybrid.stars import train
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    params, output = snakemake.params, snakemake.output
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        model, held_out = train(
            spectra,
            tables.read(snakemake.input.labels),
            tables.read(snakemake.input.split),
            params.labels,
            params.prediction,
            normalisation=params.spectra,
            seed=params.seed,
            threads=snakemake.threads,
        )
    model_file.write(model, output.model, params.stamp)
    seals.seal(output.model, params.configuration)
    held_out.meta |= seals.model_mark(output.model)
    tables.write(held_out, output.held_out, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
