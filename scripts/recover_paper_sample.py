"""Hold what was put into the paper's table against what was found."""

from mdwarfs import tables
from mdwarfs.recovery.paper_sample import recover_sample
from mdwarfs.run.job import run


def main(snakemake):
    found = recover_sample(
        tables.read(snakemake.input.truth), tables.read(snakemake.input.comparison)
    )
    tables.write(found, snakemake.output.recovered, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
