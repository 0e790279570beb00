"""Count how many of the simulated metal-poor stars each way finds."""

from mdwarfs import tables
from mdwarfs.recovery.metal_poor import recover
from mdwarfs.run.job import run


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    names = "truth", "kinematics", "indices", "slam", "hybrid", "split"
    given = {name: tables.read(getattr(files, name)) for name in names}
    matched = tables.read(files.matched) if files.matched else None
    table = recover(**given, matched=matched, edges=params.snr_edges)
    tables.write(table, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
