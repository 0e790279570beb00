"""Find the labels of all stars that have a spectrum as the code of the release did."""

from mdwarfs import tables
from mdwarfs.emulation.released import emulated
from mdwarfs.run import parts
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    prediction = snakemake.params.prediction
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        model = regressors.read(snakemake.input.model)
        predictor, weighted = emulated(model, spectra)
        found = label_stars(predictor, weighted, prediction, snakemake.threads)
    found.meta |= parts.made_with(snakemake.input.model, prediction)
    tables.write(found, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
