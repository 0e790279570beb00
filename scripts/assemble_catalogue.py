"""The catalogue: SLAM labels of all candidates with their uncertainties."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.calibration import calibrations
from mdwarfs.validation.catalogue import publish
from mdwarfs.validation.fit_limits import limits_of
from mdwarfs.validation.uncertainty import power_laws


def main(snakemake):
    catalogue = publish(
        tables.read(snakemake.input.candidates),
        tables.read(snakemake.input.predictions),
        power_laws(tables.read(snakemake.input.power_laws)),
        calibrations(tables.read(snakemake.input.calibration)),
        limits_of(tables.read(snakemake.input.limits)),
    )
    tables.write(catalogue, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
