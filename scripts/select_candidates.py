"""Select the M dwarf candidates and count what each criterion removes."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.candidates import count_candidates


def main(snakemake):
    stars = tables.read(snakemake.input.m_type)
    stamp = snakemake.params.stamp
    tables.write(stars[stars["candidate"]], snakemake.output.candidates, stamp)
    tables.write(count_candidates(stars), snakemake.output.counts, stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
