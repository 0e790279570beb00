"""Ask SkyServer for the needed rows of one SDSS table."""

from mdwarfs.archives import skyserver, wanted
from mdwarfs.archives.patience import Limits
from mdwarfs.archives.queries import Query
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    source, limits = params.source, Limits(**params.limits).of(params.source)
    query = Query(
        snakemake.output.file,
        skyserver.SkyServer(source["address"], source["release"], limits),
        source,
        params.official,
        wanted.excerpt(params.excerpt, params.boss),
    )
    skyserver.deliver_table(query, params.key, params.boss)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
