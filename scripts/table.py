"""Make one of the paper's tables: the one that the rule names."""

from mdwarfs import tables
from mdwarfs.paper_tables.registry import BY_NAME
from mdwarfs.run.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    entry = BY_NAME[params.table]
    given = {name: tables.read(path) for name, path in snakemake.input.items()}
    table = entry.make(**given, **params.settings)
    entry.write(table, dict(output.items()), params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
