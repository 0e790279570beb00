"""Which sound M dwarfs the criteria cost, by their true labels."""

from mdwarfs import tables
from mdwarfs.recovery.selection import sound_dwarfs
from mdwarfs.run.job import run
from mdwarfs.validation.selection import share_lost


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    stars = sound_dwarfs(tables.read(files.truth), tables.read(files.m_type))
    table = share_lost(stars, params.bins["teff"], params.bins["feh"])
    tables.write(table, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
