"""Simulate the survey: its raw files in the archives' formats, and the truth."""

from pkgutil import resolve_name

from mdwarfs.run.job import run
from mdwarfs.simulation.survey import write_survey


def main(snakemake):
    params = snakemake.params
    write_survey(
        params.simulation,
        params.isochrones,
        params.seed,
        dict(snakemake.output.items()),
        params.stamp,
        snakemake.threads,
        {key: resolve_name(name) for key, name in params.catalogues.items()},
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
