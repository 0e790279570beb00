"""Which M dwarfs the criteria cost, by the labels that APOGEE gives them."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.selection import of_apogee, share_lost


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    stars = of_apogee(
        tables.read(files.m_type),
        tables.read(files.apogee_net),
        tables.read(files.aspcap),
    )
    table = share_lost(stars, params.bins["teff"], params.bins["feh"])
    tables.write(table, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
