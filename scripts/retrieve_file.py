"""Fetch one official file from its archive; of a table, keep what is needed."""

import numpy as np

from mdwarfs import tables
from mdwarfs.archives import wanted
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    params, stars = snakemake.params, None
    if snakemake.input:
        columns = ["source_id1", "source_id2"]
        pairs = tables.read(snakemake.input.stars, columns)
        stars = np.concatenate([pairs[name] for name in columns])
    deliver_file(
        snakemake.output.file,
        params.source,
        Limits(**params.limits),
        wanted.excerpt(params.excerpt, params.boss, stars),
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
