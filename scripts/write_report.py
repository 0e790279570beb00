"""Write the page of a run."""

from mdwarfs.archives.record import read_record
from mdwarfs.report.page import write
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    records = [read_record(path.removesuffix(".json")) for path in given.records]
    with SpectrumSet.open(given.spectra) as spectra:
        write(
            snakemake.output.page,
            stamp=params.stamp,
            config=params.config,
            products={name: given[name] for name in params.products},
            figures=dict(zip(params.figures, given.figures)),
            catalogues={name: given[name] for name in params.catalogues},
            observed=weighted(spectra, params.config["prediction"]["weighting"]),
            predictor=labeller(regressors.read(given.model)),
            records=records,
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
