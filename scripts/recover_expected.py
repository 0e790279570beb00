"""Say what the simulation put in, where the ledger asks what the run found."""

from mdwarfs import tables
from mdwarfs.audit import ledger
from mdwarfs.recovery.expected import Given, expected_numbers
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    given = Given(
        tables.read(snakemake.input.counts),
        tables.read(snakemake.input.paper_sample),
        params.labels,
        params.split,
        params.teff,
    )
    found = expected_numbers(ledger.load().injected(), given)
    tables.write(found, snakemake.output.expected, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
