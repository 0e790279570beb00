"""Train on perturbed labels, and see what this does to the labels of the test stars."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.split import of_role
from mdwarfs.slam import regressors
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.validation.label_errors import propagate, summarise


def main(snakemake):
    params, output = snakemake.params, snakemake.output
    model = regressors.read(snakemake.input.model)
    split = tables.read(snakemake.input.split)
    test = of_role(split, "test")
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        training, tested = spectra.select(model.source_id), spectra.select(test)
    catalogue = tables.read(snakemake.input.catalogue)
    labels = tables.read(snakemake.input.labels)
    labels = lookup(labels, match(model.source_id, labels["source_id"]))

    def train(values):
        pixels = training.flux, training.ivar
        return labeller(model.refit(values, *pixels, threads=snakemake.threads))

    found = propagate(
        train,
        model.labels,
        labels,
        model.label_names,
        weighted(tested, params.prediction["weighting"]),
        params.prediction,
        realisations=params.realisations,
        seed=params.seed,
        threads=snakemake.threads,
    )
    catalogue = lookup(catalogue, match(test, catalogue["source_id"]))
    table = summarise(found, catalogue, labels, model.label_names, params.snr_bins)
    tables.write(table, output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
