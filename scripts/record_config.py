"""Write down the configuration of a run, as merged from all that it was given."""

from mdwarfs import config, tables
from mdwarfs.run.job import run


def main(snakemake):
    text = config.written(snakemake.params.config, **snakemake.params.stamp)
    tables.write_text(snakemake.output.config, text)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
