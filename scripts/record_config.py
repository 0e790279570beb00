"""Write down the configuration of a run, as merged from all that it was given."""

from mdwarfs import config, tables
from mdwarfs.run.job import run


def main(snakemake):
    stamp = snakemake.params.stamp
    text = config.config_text(snakemake.params.config, stamp["run"], stamp["simulated"])
    tables.write_text(snakemake.output.config, text)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
