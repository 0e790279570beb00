"""Find the labels of every normalised spectrum by the hybrid model."""

from mdwarfs import tables
from mdwarfs.hybrid import model_file
from mdwarfs.hybrid.stars import label_stars
from mdwarfs.run import parts
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    model = model_file.read(snakemake.input.model)
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        predictions = label_stars(
            model, spectra, snakemake.params.prediction, snakemake.threads
        )
    predictions.meta |= parts.of_model(snakemake.input.model)
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
