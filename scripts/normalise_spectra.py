"""Read, resample and normalise the spectra of all candidates."""

from mdwarfs import tables
from mdwarfs.archive_paths import mwm_star
from mdwarfs.job import run
from mdwarfs.spectra.normalise_all import normalise_all


def main(snakemake):
    stars = tables.read(snakemake.input.stars, columns=["source_id", "sdss_id", "snr"])
    stars["file"] = [str(mwm_star(sdss_id)) for sdss_id in stars["sdss_id"]]
    spectra = normalise_all(
        stars, snakemake.input.folder, snakemake.params.spectra, snakemake.threads
    )
    spectra.write(snakemake.output.spectra, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
