"""Fetch Gaia DR3 and 2MASS rows of the M-type stars from the Gaia archive."""

from mdwarfs import tables
from mdwarfs.archives import gaia
from mdwarfs.job import run


def main(snakemake):
    from astroquery.gaia import GaiaClass  # asks the archive for news when imported

    settings = snakemake.params.gaia
    boss = tables.read(snakemake.input.boss, ["gaia_dr2_source_id"])
    server = settings["url"].removesuffix("/")
    service = GaiaClass(
        gaia_tap_server=server + "/", gaia_data_server=server + "/",
        tap_server_context="tap-server", data_server_context="data-server",
        show_server_messages=False,
    )  # fmt: skip
    gaia.fetch(
        boss["gaia_dr2_source_id"], snakemake.output.gaia, service, settings["chunk"]
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
