"""Measure how the model's flux answers to the labels, and draw it."""

from mdwarfs import tables
from mdwarfs.figures import diagnostic_sensitivity, style
from mdwarfs.interpretation import sensitivity
from mdwarfs.job import run
from mdwarfs.recovery.slopes import slopes
from mdwarfs.slam import regressors


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    model = regressors.read(snakemake.input.model).spectral_model()
    reference = sensitivity.Reference.of(
        model, sensitivity.neighbours(model, params.teff)
    )
    put_in = None
    if params.stamp["simulated"]:
        put_in = slopes(reference, model.wavelength, params.continuum)
    table = sensitivity.table(reference, model.wavelength, put_in)
    tables.write(table, output.table, params.stamp)
    figure = diagnostic_sensitivity.draw(table)
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
