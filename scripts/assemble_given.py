"""The catalogue of a given sample: labels of every row, or why it has none."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.calibration import calibrations
from mdwarfs.validation.catalogue import FROM_GIVEN, publish
from mdwarfs.validation.uncertainty import power_laws


def main(snakemake):
    catalogue = publish(
        tables.read(snakemake.input.labels),
        tables.read(snakemake.input.predictions),
        power_laws(tables.read(snakemake.input.power_laws)),
        calibrations(tables.read(snakemake.input.calibration)),
        FROM_GIVEN,
    )
    tables.write(catalogue, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
