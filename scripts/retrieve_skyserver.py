"""Ask SkyServer for the needed rows of one SDSS table."""

from mdwarfs.archives import skyserver, wanted
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    source, limits = params.source, Limits(**params.limits).of(params.source)
    skyserver.deliver_table(
        skyserver.SkyServer(source["address"], source["release"], limits),
        params.key,
        source,
        params.official,
        wanted.excerpt(params.excerpt, params.boss),
        params.boss,
        snakemake.output.file,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
