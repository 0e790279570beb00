"""Hold the sample built here against the paper's own, pair by pair."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.lost_pairs import explain
from mdwarfs.validation import paper_sample


def main(snakemake):
    given, output, stamp = snakemake.input, snakemake.output, snakemake.params.stamp
    theirs, labels = tables.read(given.paper_pairs), tables.read(given.labels)
    step, reason = explain(
        theirs,
        tables.read(given.wide_binaries, ["source_id1", "source_id2"]),
        tables.read(given.m_type),
        tables.read(given.lamost_fgk, ["source_id", "teff"]),
        tables.read(given.pairs),
        labels,
        snakemake.params.fgk_teff,
    )
    comparison = paper_sample.compare_sample(theirs, labels, step, reason)
    counts = paper_sample.count_pairs(comparison)
    summary = paper_sample.summarise_sample(comparison)
    tables.write(comparison, output.comparison, stamp)
    tables.write(counts, output.counts, stamp)
    tables.write(summary, output.summary, stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
