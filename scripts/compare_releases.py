"""Compare the labels of two data releases, on their common stars."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation import releases


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    new, old = (tables.read(snakemake.input[name]) for name in ("new", "old"))
    comparison = releases.compare(new, old)
    found = releases.summarise(comparison, params.snr_edges)
    tables.write(comparison, output.comparison, params.stamp)
    tables.write(releases.count(comparison, new, old), output.counts, params.stamp)
    tables.write(found, output.summary, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
