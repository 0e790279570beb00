"""Write the coadded BOSS spectra of some of the simulated stars."""

from mdwarfs import tables
from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.run.job import run
from mdwarfs.run.shares import share
from mdwarfs.simulation.spectrum_files import OF_STARS, with_spectrum, write_spectra


def main(snakemake):
    params, item = snakemake.params, snakemake.wildcards.scatteritem
    stars = tables.read(snakemake.input.truth, columns=list(OF_STARS))
    rows = with_spectrum(stars)
    written = write_spectra(
        stars,
        rows[share(item, len(rows))],
        params.seed,
        params.folder,
        snakemake.threads,
        RELEASES[params.release],
    )
    tables.write(written, snakemake.output.manifest, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
