"""Apply the criteria, select the M dwarf candidates, count what each removes."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.candidates import apply_criteria, count_candidates
from mdwarfs.samples.counts import require_stars


def main(snakemake):
    params, stamp = snakemake.params, snakemake.params.stamp
    stars = apply_criteria(tables.read(snakemake.input.placed), params.candidates)
    counts = count_candidates(stars)
    require_stars(counts, "candidate", "section candidates of the configuration")
    tables.write(stars, snakemake.output.m_type, stamp)
    tables.write(stars[stars["candidate"]], snakemake.output.candidates, stamp)
    tables.write(counts, snakemake.output.counts, stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
