"""Select the M dwarf candidates and count what each criterion removes."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.candidates import count_candidates
from mdwarfs.samples.counts import require


def main(snakemake):
    stars = tables.read(snakemake.input.m_type)
    stamp = snakemake.params.stamp
    counts = count_candidates(stars)
    require(counts, "candidate", "section candidates of the configuration")
    tables.write(stars[stars["candidate"]], snakemake.output.candidates, stamp)
    tables.write(counts, snakemake.output.counts, stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
