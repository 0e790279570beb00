"""Labels of the training stars by models that have not seen them."""

from mdwarfs import tables
from mdwarfs.emulation.behaviour import behave
from mdwarfs.job import run
from mdwarfs.slam.held_out import label_training_stars
from mdwarfs.slam.model import Slam
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    params = snakemake.params
    spectra = SpectrumSet.read(snakemake.input.spectra)
    model = Slam.read(snakemake.input.model)

    def predictor(refitted):
        return behave(refitted, spectra, params.prediction)[0]

    held_out = label_training_stars(
        model,
        behave(model, spectra, params.prediction)[1],
        params.prediction,
        predictor=predictor,
        parts=params.parts,
        seed=params.seed,
        threads=snakemake.threads,
    )
    tables.write(held_out, snakemake.output.predictions, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
