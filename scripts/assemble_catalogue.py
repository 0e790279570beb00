"""The catalogue: SLAM labels of all candidates with their uncertainties."""

from mdwarfs import parts, tables
from mdwarfs.job import run
from mdwarfs.validation.calibration import calibrations
from mdwarfs.validation.catalogue import publish
from mdwarfs.validation.fit_limits import limits_of
from mdwarfs.validation.uncertainty import power_laws


def main(snakemake):
    files = snakemake.input
    made = (files.predictions, files.power_laws, files.calibration, files.limits)
    made = {path: tables.read(path) for path in made}
    predictions, laws, calibration, limits = made.values()
    catalogue = publish(
        tables.read(files.candidates),
        predictions,
        power_laws(laws),
        calibrations(calibration),
        limits_of(limits),
    )
    catalogue.meta |= parts.shared(made)
    tables.write(catalogue, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
