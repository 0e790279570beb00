"""Measure which wavelengths tell the labels."""

from mdwarfs import tables
from mdwarfs.interpretation import information
from mdwarfs.interpretation.sensitivity import Reference, neighbours
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    trained = regressors.read(snakemake.input.model)
    model = trained.spectral_model()
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        stars = spectra.select(trained.source_id)
    places = neighbours(model, params.diagnostics["teff"])
    first, second = (
        Reference.of(half.spectral_model(), places)
        for half in information.halves(
            trained, stars.flux, stars.ivar, params.seed, snakemake.threads
        )
    )
    snr = params.diagnostics["snr"]
    shape = information.noise_shape(stars.flux, stars.ivar, stars.stars["snr"])
    table = information.table(
        first,
        second,
        model.wavelength,
        information.weights(shape, snr, model.everywhere(model.variance)),
        params.diagnostics["bin_width"],
    )
    tables.write(table, output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
