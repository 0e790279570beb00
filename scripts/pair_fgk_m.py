"""Find the wide binaries of a LAMOST FGK star and a BOSS M dwarf."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.counts import require_stars
from mdwarfs.samples.pairs import BINARY_COLUMNS, fgk_m


def main(snakemake):
    pairs, counts = fgk_m(
        tables.read(snakemake.input.wide_binaries, BINARY_COLUMNS),
        tables.read(snakemake.input.lamost_fgk),
        tables.read(snakemake.input.candidates),
        snakemake.params.pairs,
        snakemake.input.bayestar,
        snakemake.params.extinction,
    )
    require_stars(
        counts,
        "pair of an FGK star and an M dwarf",
        "section pairs of the configuration",
    )
    tables.write(pairs, snakemake.output.pairs, snakemake.params.stamp)
    tables.write(counts, snakemake.output.counts, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
