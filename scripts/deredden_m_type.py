"""Place the BOSS stars of class M in the dereddened colour-magnitude diagram."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.candidates import place_in_diagram


def main(snakemake):
    stars = place_in_diagram(
        tables.read(snakemake.input.boss),
        tables.read(snakemake.input.gaia),
        snakemake.input.bayestar,
        snakemake.params.extinction,
    )
    tables.write(stars, snakemake.output.placed, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
