"""Recovered labels and counts of a simulated run against the injected truth."""

from mdwarfs import tables
from mdwarfs.recovery.labels import ONE_OF_PAIR, recover_counts, recover_labels
from mdwarfs.run.job import run


def main(snakemake):
    truth = tables.read(snakemake.input.truth)
    catalogue = tables.read(snakemake.input.catalogue)
    recovery = recover_labels(
        truth,
        catalogue,
        tables.read(snakemake.input.split),
        snakemake.params.snr_bins,
    )
    counts = recover_counts(
        truth,
        tables.read(snakemake.input.m_type),
        {name: tables.read(getattr(snakemake.input, name)) for name in ONE_OF_PAIR},
        tables.read(snakemake.input.labels),
        catalogue,
    )
    tables.write(recovery, snakemake.output.recovery, snakemake.params.stamp)
    tables.write(counts, snakemake.output.counts, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
