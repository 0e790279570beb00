"""Gather the draws from the posteriors of all stars that the catalogue flags."""

from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.tables.streamed import gather, head


def main(snakemake):
    pieces = snakemake.input.parts
    seals.shared_marks({path: head(path) for path in pieces})
    none = "no star of the catalogue has multiple_minima or at_edge"
    gather(pieces, snakemake.output.draws, snakemake.params.stamp, none)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
