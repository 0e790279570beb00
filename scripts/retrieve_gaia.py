"""Ask the Gaia archive for the DR3 and 2MASS rows of the M-type stars."""

from mdwarfs import tables
from mdwarfs.archives import gaia
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    source = snakemake.params.source
    name = f"gaia_dr{source['gaia_release']}_source_id"
    boss = tables.read(snakemake.input.boss, [name])
    service = gaia.service(
        source["address"], Limits(**snakemake.params.limits).of(source)
    )
    gaia.deliver_rows(boss[name], snakemake.output.file, service, source)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
