"""Labels of the training stars as the code of the release finds them, each held out."""

from mdwarfs import tables
from mdwarfs.emulation.released import emulated
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.slam.held_out import label_training_stars
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    params = snakemake.params
    model = regressors.read(snakemake.input.model)
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        held_out = label_training_stars(
            model,
            emulated(model, spectra)[1],
            params.prediction,
            predictor=lambda refitted: emulated(refitted, spectra)[0],
            parts=params.parts,
            seed=params.seed,
            threads=snakemake.threads,
        )
    held_out.meta |= seals.label_marks(snakemake.input.model, params.prediction)
    tables.write(held_out, snakemake.output.predictions, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
