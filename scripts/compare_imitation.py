"""Show which variant comes nearest to the released labels."""

from mdwarfs import tables
from mdwarfs.imitation import report
from mdwarfs.imitation.accuracy import accuracy
from mdwarfs.job import run


def main(snakemake):
    params = snakemake.params
    found = accuracy(
        tables.read(snakemake.input.labels),
        tables.read(snakemake.input.released),
        params.usable,
        params.snr_edges,
        key="sdss_id",
    )
    report.save(found, "the released labels", snakemake.output, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
