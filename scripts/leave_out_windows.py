"""Label the test stars from parts of their spectra."""

from mdwarfs import tables
from mdwarfs.interpretation import windows
from mdwarfs.run.job import run
from mdwarfs.samples.split import of_role
from mdwarfs.slam import regressors
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    split = tables.read(snakemake.input.split, columns=["source_id", "role"])
    test = of_role(split, "test")
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        tested = spectra.select(test)
    table = windows.table(
        labeller(regressors.read(snakemake.input.model)),
        weighted(tested.take(tested.ok), params.prediction["weighting"]),
        tables.read(snakemake.input.labels),
        params.window,
        params.prediction,
        snakemake.threads,
    )
    tables.write(table, output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
