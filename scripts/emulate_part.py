"""Find the labels of some stars that have a spectrum as the code of the release did."""

from mdwarfs import tables
from mdwarfs.emulation.released import emulated
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.run.shares import share
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    prediction, item = snakemake.params.prediction, snakemake.wildcards.scatteritem
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        model = regressors.read(snakemake.input.model)
        predictor, weighted = emulated(model, spectra)
        some = weighted.view(share(item, len(spectra)))
        found = label_stars(predictor, some, prediction, snakemake.threads)
    found.meta |= seals.label_marks(snakemake.input.model, prediction)
    tables.write(found, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
