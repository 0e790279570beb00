"""Fetch coadded BOSS spectra, those that are not there yet; list them."""

from functools import partial

from mdwarfs import tables
from mdwarfs.archives.spectra import fetch_all
from mdwarfs.archives.transfer import Limits
from mdwarfs.run.job import run
from mdwarfs.spectra.manifest import folder_of
from mdwarfs.spectra.readers import mwm_star


def main(snakemake):
    params, manifest = snakemake.params, snakemake.output.manifest
    fetched = fetch_all(
        tables.read(snakemake.input.stars, ["sdss_id"])["sdss_id"],
        partial(mwm_star.path, version=params.source["astra_boss"]),
        params.source["urls"][0],
        folder_of(manifest),
        params.streams,
        Limits(**params.limits).of(params.source),
    )
    tables.write(fetched, manifest, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
