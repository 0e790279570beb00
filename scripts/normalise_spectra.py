"""Read, resample and normalise the spectra of the stars that have one."""

from mdwarfs import tables
from mdwarfs.archive_paths import folder_of, mwm_star
from mdwarfs.job import run
from mdwarfs.spectra.normalise_all import normalise_all


def main(snakemake):
    stars = tables.read(snakemake.input.stars, columns=["source_id", "sdss_id", "snr"])
    stars["file"] = [str(mwm_star(i, snakemake.params.astra)) for i in stars["sdss_id"]]
    folder = folder_of(snakemake.input.manifest)
    spectra = normalise_all(stars, folder, snakemake.params.spectra, snakemake.threads)
    spectra.write(snakemake.output.spectra, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
