"""Fetch the coadded BOSS spectra of some stars, those that are not there yet."""

from functools import partial

from mdwarfs import tables
from mdwarfs.archives.patience import Limits
from mdwarfs.archives.spectra import fetch_all, identified
from mdwarfs.run.job import run
from mdwarfs.run.shares import share
from mdwarfs.spectra.readers import mwm_star


def main(snakemake):
    params, item = snakemake.params, snakemake.wildcards.scatteritem
    stars = identified(tables.read(snakemake.input.stars, ["sdss_id"])["sdss_id"])
    fetched = fetch_all(
        stars[share(item, len(stars))],
        partial(mwm_star.path, version=params.source["astra_boss"]),
        params.source["urls"][0],
        params.folder,
        params.streams,
        Limits(**params.limits).of(params.source),
        item,
    )
    tables.write(fetched, snakemake.output.manifest, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
