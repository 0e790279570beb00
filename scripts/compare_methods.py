"""SLAM beside plain methods, on the very same stars and parts."""

import numpy as np

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation.methods import (
    SLAM,
    compare_methods,
    matrix,
    of_plain_methods,
    trials,
)


def main(snakemake):
    params, names = snakemake.params, snakemake.params.names
    labels = tables.read(snakemake.input.labels)
    spectra = SpectrumSet.read(snakemake.input.spectra)
    divided = trials(
        np.asarray(labels["labelled"]) & spectra.ok, labels["fold"], labels["role"]
    )
    known = matrix(labels, names)
    found, settings = of_plain_methods(
        spectra.flux, spectra.ivar, known, divided, params.seed
    )
    found[SLAM] = matrix(tables.read(snakemake.input.predictions), names)
    table = compare_methods(names, known, found, settings, params.seed)
    tables.write(table, snakemake.output.methods, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
