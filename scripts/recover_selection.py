"""Which sound M dwarfs the criteria cost, by their true labels."""

from mdwarfs import tables
from mdwarfs.recovery.selection import sound
from mdwarfs.run.job import run
from mdwarfs.validation.selection import cost


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    stars = sound(tables.read(files.truth), tables.read(files.m_type))
    table = cost(stars, params.bins["teff"], params.bins["feh"])
    tables.write(table, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
