"""List the candidates for metal-poor stars, with all measures and their labels."""

from mdwarfs import tables
from mdwarfs.metal_poor.candidates import select
from mdwarfs.run.job import run


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    names = "kinematics", "indices", "slam", "hybrid"
    given = {name: tables.read(getattr(files, name)) for name in names}
    matched = tables.read(files.matched) if files.matched else None
    table = select(**given, matched=matched, usable=params.usable)
    tables.write(table, snakemake.output.candidates, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
