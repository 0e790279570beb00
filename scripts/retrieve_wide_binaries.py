"""Ask VizieR for the wide binaries that may be used."""

from mdwarfs import tables
from mdwarfs.archives import queries, vizier, wanted
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    m_stars = tables.read(snakemake.input.gaia, ["source_id"])["source_id"]
    source, limits = params.source, Limits(**params.limits).of(params.source)
    query = queries.Query(
        snakemake.output.file,
        vizier.service(source["address"], limits),
        source,
        params.official,
        wanted.wide_binaries_table(),
    )
    queries.wide_binaries(query, params.r_max, m_stars)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
