"""Find the labels of some of the normalised spectra by the hybrid model."""

from mdwarfs import tables
from mdwarfs.hybrid import model_file
from mdwarfs.hybrid.stars import label_stars
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.run.shares import share
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    model, item = (
        model_file.read(snakemake.input.model),
        snakemake.wildcards.scatteritem,
    )
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        some = spectra.view(share(item, len(spectra)))
        predictions = label_stars(
            model, some, snakemake.params.prediction, snakemake.threads
        )
    predictions.meta |= seals.model_mark(snakemake.input.model)
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
