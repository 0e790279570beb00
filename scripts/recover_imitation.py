"""Show what each ingredient of Astra 0.6.0 costs: every variant against the truth."""

from mdwarfs import tables
from mdwarfs.imitation import report
from mdwarfs.imitation.accuracy import accuracy
from mdwarfs.job import run


def main(snakemake):
    params = snakemake.params
    truth = tables.read(snakemake.input.truth)
    found = accuracy(
        tables.read(snakemake.input.labels),
        truth[truth["injected"] == ""],
        params.usable,
        params.snr_edges,
    )
    report.save(found, "the injected truth", snakemake.output, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
