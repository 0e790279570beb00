"""Labels of the training stars by models that have not seen them."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.slam.held_out import label_training_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted


def main(snakemake):
    params = snakemake.params
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        held_out = label_training_stars(
            regressors.read(snakemake.input.model),
            weighted(spectra, params.prediction["weighting"]),
            params.prediction,
            predictor=labeller,
            parts=params.parts,
            seed=params.seed,
            threads=snakemake.threads,
        )
    held_out.meta |= seals.label_marks(snakemake.input.model, params.prediction)
    tables.write(held_out, snakemake.output.predictions, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
