"""Ask VizieR for the LAMOST spectra of stars in wide binaries."""

import numpy as np

from mdwarfs import tables
from mdwarfs.archives import queries, vizier, wanted
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params, columns = snakemake.params, ["source_id1", "source_id2"]
    pairs = tables.read(snakemake.input.stars, columns)
    queries.lamost(
        vizier.service(
            params.source["address"], Limits(**params.limits).of(params.source)
        ),
        params.source,
        params.official,
        wanted.lamost_table("fgk"),
        np.concatenate([pairs[name] for name in columns]),
        snakemake.output.file,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
