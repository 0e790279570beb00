"""Say what every pixel chose and how much of it the labels explain."""

from mdwarfs import tables
from mdwarfs.interpretation import pixels
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    output, stamp = snakemake.output, snakemake.params.stamp
    model = regressors.read(snakemake.input.model)
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        stars = spectra.select(model.source_id)
    table = pixels.table(model, stars.flux, stars.ivar)
    tables.write(table, output.table, stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
