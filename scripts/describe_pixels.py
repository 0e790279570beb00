"""Say what every pixel chose and how much of it the labels explain, and draw it."""

from mdwarfs import tables
from mdwarfs.figures import diagnostic_pixels, style
from mdwarfs.interpretation import pixels
from mdwarfs.job import run
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    output, stamp = snakemake.output, snakemake.params.stamp
    model = regressors.read(snakemake.input.model)
    stars = SpectrumSet.read(snakemake.input.spectra).select(model.source_id)
    table = pixels.table(model, stars.flux, stars.ivar)
    tables.write(table, output.table, stamp)
    figure = diagnostic_pixels.draw(table, model.hyperparameters())
    style.save(figure, output.pdf, output.png, stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
