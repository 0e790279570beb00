"""Find the labels of maximum posterior of some of the stars that have a spectrum."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.run.shares import share
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted


def main(snakemake):
    prediction, item = snakemake.params.prediction, snakemake.wildcards.scatteritem
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        some = spectra.view(share(item, len(spectra)))
        predictions = label_stars(
            labeller(regressors.read(snakemake.input.model)),
            weighted(some, prediction["weighting"]),
            prediction,
            snakemake.threads,
        )
    predictions.meta |= seals.label_marks(snakemake.input.model, prediction)
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
