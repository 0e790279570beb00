"""Simulate the survey: its raw tables in the archives' formats, and the truth."""

from pkgutil import resolve_name

from mdwarfs.run.job import run
from mdwarfs.simulation.survey import write_tables


def main(snakemake):
    params = snakemake.params
    write_tables(
        params.simulation,
        params.isochrones,
        params.seed,
        dict(snakemake.output.items()),
        params.stamp,
        {key: resolve_name(name) for key, name in params.catalogues.items()},
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
