"""Labels of others for the same stars, beside SLAM's and the references."""

from mdwarfs import tables
from mdwarfs.given.others import compared_with, summarise_others
from mdwarfs.run.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    stars = compared_with(
        params.compared,
        tables.read(snakemake.input.predictions),
        tables.read(snakemake.input.labels),
    )
    tables.write(stars, output.stars, params.stamp)
    tables.write(summarise_others(stars), output.compared, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
