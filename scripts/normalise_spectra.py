"""Read, resample and normalise the spectra of the stars that have one."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.spectra.manifest import folder_of
from mdwarfs.spectra.normalise_all import normalise_all
from mdwarfs.spectra.readers import mwm_star


def main(snakemake):
    stars = tables.read(snakemake.input.stars, columns=["source_id", "sdss_id", "snr"])
    astra = snakemake.params.astra
    stars["file"] = [str(mwm_star.path(i, astra)) for i in stars["sdss_id"]]
    folder = folder_of(snakemake.input.manifest)
    stamp = snakemake.params.stamp
    spectra = normalise_all(
        stars,
        folder,
        snakemake.params.spectra,
        snakemake.threads,
        simulated=stamp["simulated"],
    )
    spectra.write(snakemake.output.spectra, stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
