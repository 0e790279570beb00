"""Find the labels of all stars that have a spectrum."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.slam.model import Slam
from mdwarfs.slam.survey import label_stars
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    predictions = label_stars(
        Slam.read(snakemake.input.model),
        SpectrumSet.read(snakemake.input.spectra),
        snakemake.params.prediction,
        snakemake.threads,
    )
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
