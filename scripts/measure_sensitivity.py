"""Measure how the model's flux answers to the labels."""

from mdwarfs import tables
from mdwarfs.interpretation import sensitivity
from mdwarfs.job import run
from mdwarfs.slam.model import Slam
from mdwarfs.slam.slam_spectra import SlamSpectra


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    model = SlamSpectra(Slam.read(snakemake.input.model))
    reference = sensitivity.Reference.of(
        model, sensitivity.neighbours(model, params.teff)
    )
    table = sensitivity.table(reference, model.wavelength)
    tables.write(table, output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
