"""Place the BOSS stars of class M in the dereddened colour-magnitude diagram."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.candidates import m_type


def main(snakemake):
    stars = m_type(
        tables.read(snakemake.input.boss),
        tables.read(snakemake.input.gaia),
        snakemake.input.bayestar,
        snakemake.params.extinction,
        snakemake.params.candidates,
    )
    tables.write(stars, snakemake.output.m_type, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
