"""Find the labels of all stars that have a spectrum."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.slam.model import Slam
from mdwarfs.slam.survey import label_stars
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted


def main(snakemake):
    prediction = snakemake.params.prediction
    spectra = SpectrumSet.read(snakemake.input.spectra)
    predictions = label_stars(
        Slam.read(snakemake.input.model),
        weighted(spectra, prediction["weighting"]),
        prediction,
        snakemake.threads,
    )
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
