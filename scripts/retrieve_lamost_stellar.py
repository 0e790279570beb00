"""Ask VizieR for the LAMOST spectra of stars in wide binaries."""

import numpy as np

from mdwarfs import tables
from mdwarfs.archives import queries, vizier, wanted
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params, columns = snakemake.params, ["source_id1", "source_id2"]
    pairs = tables.read(snakemake.input.stars, columns)
    source, limits = params.source, Limits(**params.limits).of(params.source)
    query = queries.Query(
        snakemake.output.file,
        vizier.service(source["address"], limits),
        source,
        params.official,
        wanted.lamost_table("fgk"),
    )
    queries.lamost(query, np.concatenate([pairs[name] for name in columns]))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
