"""Compare the catalogue with the released labels, on their common stars."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation import released_labels


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    comparison = released_labels.compare_released(
        tables.read(snakemake.input.catalogue), tables.read(snakemake.input.released)
    )
    found = released_labels.summarise_released(comparison, params.snr_edges)
    tables.write(comparison, output.comparison, params.stamp)
    tables.write(found, output.summary, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
