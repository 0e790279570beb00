"""Write the coadded BOSS spectra of simulated stars, one file per star."""

from pathlib import Path

import numpy as np
from astropy.table import Table
from threadpoolctl import threadpool_limits

from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.run.parallel import in_processes
from mdwarfs.run.progress import Progress
from mdwarfs.simulation import individual
from mdwarfs.simulation.files import boss
from mdwarfs.simulation.instrument import BOSS_LOGLAM, observe
from mdwarfs.simulation.streams import stream
from mdwarfs.spectra.manifest import manifest, sized
from mdwarfs.types import PathLike

OF_STARS = (
    "teff", "logg", "feh_niu", "alpha_m", "halpha_ew", "companion_teff", "snr", "v_rad",
    "sdss_id", "has_spectrum",
)  # fmt: skip
"""What of the truth a spectrum is made of."""
CHUNK = 32  # stars per piece of work; the result does not depend on it


def with_spectrum(stars: Table) -> np.ndarray:
    """Rows of the stars that have a file with their spectrum: int, shape (m,)."""
    return np.flatnonzero(stars["has_spectrum"])


def write_spectra(
    stars: Table,
    rows: np.ndarray,
    seed: int,
    folder: PathLike,
    threads: int,
    versions: dict = RELEASES[19],
) -> Table:
    """Write the coadded BOSS spectra of some stars, in several processes.

    Parameters
    ----------
    stars
        All stars of the survey: the columns `OF_STARS` of the truth.
    rows : int, shape (m,)
        Of those whose spectra are written. Every spectrum has its own random stream, by
        the star's row, so that its bytes depend on neither these nor `threads`.
    seed
        Seed of the run.
    folder
        The files lie at `boss.spectrum_path` below it.
    threads
        Processes.
    versions
        One of `mdwarfs.catalogues.releases.RELEASES`: `run2d` and `astra_boss`.

    Returns
    -------
    table
        Their manifest (`mdwarfs.spectra.manifest`), in the order of `rows`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    values = {name: np.asarray(stars[name]) for name in OF_STARS}
    chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    work = [
        ({n: v[c] for n, v in values.items()}, c, seed, folder, versions)
        for c in chunks
    ]
    progress, sums = Progress(len(rows), "spectra"), {}
    for found in in_processes(_write_chunk, work, max(1, min(threads, len(work)))):
        sums |= found
        progress.step(len(found))
    files = {star: boss.spectrum_path(star, versions) for star in sums}
    return manifest(files, folder, known=sums)


def remove_others(folder: PathLike, listed: Table) -> int:
    """Remove the files below the folder that are not listed; how many.

    They are of a survey of other sizes, and a star of this one whose file does not
    exist may be called like a star of that.
    """
    known = set(np.asarray(listed["file"]).tolist())
    others = [
        path
        for path in Path(folder).rglob("*.fits")
        if path.relative_to(folder).as_posix() not in known
    ]
    for path in others:
        path.unlink()
    return len(others)


def _write_chunk(work):
    """Write the spectra of some stars; size and checksum of the file of each."""
    stars, rows, seed, folder, versions = work
    wavelength, sums = 10**BOSS_LOGLAM, {}
    with threadpool_limits(1):
        rngs = [stream(seed, "individual", int(row)) for row in rows]
        flux = individual.flux(wavelength, stars, rngs)
        for i, row in enumerate(rows):
            rng = stream(seed, "spectrum", int(row))
            v_rad, snr = stars["v_rad"][i], stars["snr"][i]
            seen = observe(wavelength, flux[i], snr, rng, v_rad=v_rad)
            sdss_id = int(stars["sdss_id"][i])
            boss.write_spectrum(folder, sdss_id, seen, snr, v_rad, versions)
            sums[sdss_id] = sized(folder / boss.spectrum_path(sdss_id, versions))
    return sums
