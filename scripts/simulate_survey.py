"""Simulate the survey: its raw files in the archives' formats, and the truth."""

from mdwarfs.job import run
from mdwarfs.simulation.survey import write_survey

OUTPUTS = (
    "spall", "spectra", "apogee_net", "aspcap", "slam", "gaia", "wide_binaries",
    "lamost_stellar", "lamost_mstellar", "birky", "behmard", "published_table",
    "bayestar", "parsec", "truth", "truth_published",
)  # fmt: skip


def main(snakemake):
    params = snakemake.params
    write_survey(
        params.simulation,
        params.isochrones,
        params.seed,
        {name: getattr(snakemake.output, name) for name in OUTPUTS},
        params.stamp,
        snakemake.threads,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
