"""Write down the configuration of a run, as merged from all that it was given."""

from mdwarfs import config, tables
from mdwarfs.job import run


def main(snakemake):
    text = config.written(snakemake.params.config, **snakemake.params.stamp)
    with tables.atomic(snakemake.output.config) as part:
        part.write_text(text, encoding="utf-8")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
