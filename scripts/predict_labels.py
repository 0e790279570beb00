"""Find the labels of all stars that have a spectrum."""

from mdwarfs import tables
from mdwarfs.emulation.behaviour import behave
from mdwarfs.job import run
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.model import Slam
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    prediction = snakemake.params.prediction
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        predictor, weighted = behave(
            Slam.read(snakemake.input.model), spectra, prediction
        )
        predictions = label_stars(predictor, weighted, prediction, snakemake.threads)
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
