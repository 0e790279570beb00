"""From many spectrum files to one set of normalised spectra."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.progress import track
from mdwarfs.spectra.continuum import normalise
from mdwarfs.spectra.good_pixels import good_pixels
from mdwarfs.spectra.readers import read
from mdwarfs.spectra.resampling import log_grid, resample
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tabulate import annotate

COLUMNS = {
    "file": ("", "File that the row was read from, below the raw folder"),
    "n_good": ("", "Good pixels"),
}


def configured_grid(settings):
    """The grid of the section `spectra` of a configuration: ndarray, shape (n_pix,)."""
    return log_grid(settings["wave_min"], settings["wave_max"], settings["step_dex"])


def prepare(spectrum, settings):
    """Bring one spectrum to its rest frame, resample and normalise it.

    Parameters
    ----------
    spectrum : mdwarfs.spectra.readers.Spectrum
    settings : dict
        The section `spectra` of the configuration.

    Returns
    -------
    flux, ivar, continuum : ndarray, shape (n_pix,)
        See `mdwarfs.spectra.continuum.normalise`. Pixels that `good_pixels` refuses,
        in single precision, are bad too.

    Raises
    ------
    InputError
        If its velocity is not known, too few of its pixels are good, or it has no
        continuum.
    """
    spectrum = spectrum.in_rest_frame()
    grid = configured_grid(settings)
    flux, ivar = resample(spectrum.wavelength, spectrum.flux, spectrum.ivar, grid)
    require_good(ivar > 0, settings)
    flux, ivar, continuum = normalise(grid, flux, ivar, settings["continuum"])
    with np.errstate(over="ignore"):  # what float32 cannot hold is not good
        good = good_pixels(flux.astype(np.float32), ivar.astype(np.float32))
    require_good(good, settings)
    return np.where(good, flux, 1.0), np.where(good, ivar, 0.0), continuum


def require_good(good, settings):
    """Raise InputError if too few pixels of a spectrum are good."""
    if good.sum() < settings["min_good_fraction"] * len(good):
        raise InputError(f"only {good.sum()} of {len(good)} pixels are good")


def normalise_all(stars, folder, settings, threads):
    """Read, resample and normalise the spectra of many stars.

    A spectrum that fails gets a row all the same: flux 1, ivar 0, and the reason in
    the column `status`. The result does not depend on `threads`.

    Parameters
    ----------
    stars : astropy.table.Table
        One row per spectrum. Column `file` is its path below `folder`; the other
        columns are handed on. Where `snr` is NaN, that of the file is filled in.
    folder : path-like
    settings : dict
        The section `spectra` of the configuration.
    threads : int
        Number of processes.

    Returns
    -------
    SpectrumSet
        In the order of `stars`, with the columns n_good and status added.
    """
    paths = [Path(folder) / name for name in stars["file"]]
    n, n_pix = len(paths), len(configured_grid(settings))
    flux, ivar = np.ones((n, n_pix), np.float32), np.zeros((n, n_pix), np.float32)
    continuum = np.zeros((n, n_pix), np.float32)
    snr, status = np.full(n, np.nan), [""] * n
    for i, result in enumerate(map_files(paths, settings, threads)):
        planes, snr[i], status[i] = result
        if planes is not None:
            flux[i], ivar[i], continuum[i] = planes
    table = stars.copy()
    table["snr"] = np.where(np.isfinite(stars["snr"]), stars["snr"], snr)
    table["n_good"] = (ivar > 0).sum(axis=1)
    table["status"] = np.array(status, dtype=str)
    annotate(table, COLUMNS)
    return SpectrumSet(configured_grid(settings), flux, ivar, table, continuum)


def map_files(paths, settings, threads):
    """Yield (planes or None, snr, status) of each file, in order, with progress."""
    work = partial(one_file, settings=settings)
    if threads == 1:
        yield from map(work, track(paths, "files"))
        return
    # Forking, because the other ways of starting a process import the main module
    # again, and Snakemake's main module is the script of a rule: it would run twice.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(threads, mp_context=context) as pool:
        results = pool.map(work, paths, chunksize=16)
        yield from track(results, "files", total=len(paths))


def one_file(path, settings):
    """What `normalise_all` needs of one file: (planes or None, snr, status)."""
    snr = np.nan
    try:
        spectrum = read(path)
        snr = spectrum.snr
        planes = prepare(spectrum, settings)
    except InputError as error:
        return None, snr, str(error).removeprefix(f"{path}: ")
    return [plane.astype(np.float32) for plane in planes], snr, "ok"
