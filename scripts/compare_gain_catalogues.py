"""SLAM and the hybrid labels against the comparison catalogues, on the same stars."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.comparison_summary import lines_of
from mdwarfs.validation.gained_catalogues import gained_catalogues


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    lines = [line for line in lines_of(params.compared) if line.id != "R1"]
    comparisons = {line.table: tables.read(files[line.table]) for line in lines}
    table = gained_catalogues(comparisons, lines, tables.read(files.hybrid))
    tables.write(table, snakemake.output.gained, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
