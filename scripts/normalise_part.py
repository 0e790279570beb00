"""Read, resample and normalise the spectra of some of the stars that have one."""

from pathlib import Path

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.run.shares import share
from mdwarfs.spectra.manifest import folder_of
from mdwarfs.spectra.normalise_all import normalise_all
from mdwarfs.spectra.planes import spool
from mdwarfs.spectra.prepare import configured_grid
from mdwarfs.spectra.readers import mwm_star


def main(snakemake):
    params, output = snakemake.params, Path(snakemake.output.spectra)
    stars = tables.read(snakemake.input.stars, columns=["source_id", "sdss_id", "snr"])
    stars = stars[share(snakemake.wildcards.scatteritem, len(stars))]
    stars["file"] = [str(mwm_star.path(i, params.astra)) for i in stars["sdss_id"]]
    with spool(
        output.parent, len(stars), len(configured_grid(params.spectra))
    ) as store:
        spectra = normalise_all(
            stars,
            folder_of(snakemake.input.manifest),
            params.spectra,
            snakemake.threads,
            simulated=params.stamp["simulated"],
            store=store,
        )
        spectra.write(output, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
