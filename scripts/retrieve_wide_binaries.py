"""Ask VizieR for the wide binaries that may be used."""

from mdwarfs import tables
from mdwarfs.archives import queries, vizier, wanted
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    m_stars = tables.read(snakemake.input.gaia, ["source_id"])["source_id"]
    queries.wide_binaries(
        vizier.service(
            params.source["address"], Limits(**params.limits).of(params.source)
        ),
        params.source,
        params.official,
        wanted.wide_binaries_table(),
        params.r_max,
        m_stars,
        snakemake.output.file,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
