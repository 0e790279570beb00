"""Find the wide binaries of two BOSS M dwarfs."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.counts import require_stars
from mdwarfs.samples.pairs import BINARY_COLUMNS, m_m


def main(snakemake):
    pairs, counts = m_m(
        tables.read(snakemake.input.wide_binaries, BINARY_COLUMNS),
        tables.read(snakemake.input.candidates),
        snakemake.params.pairs,
    )
    require_stars(counts, "M+M pair", "section pairs of the configuration")
    tables.write(pairs, snakemake.output.pairs, snakemake.params.stamp)
    tables.write(counts, snakemake.output.counts, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
