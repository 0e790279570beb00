"""Reading one spectrum from a file of a survey.

Formats: mwmStar of Astra (SDSS-V, rest-frame stacks of BOSS), spec-*.fits of BOSS and
SDSS, and LAMOST low-resolution spectra of DR7 (an image of five rows). All of them
have vacuum wavelengths, corrected for the motion of the Earth. The format is found
from the content; any of them may be gzipped, whatever the name says.

Pixels that the survey distrusts get an inverse variance of 0. The surveys have done
so themselves for most of their mask bits; what is added here is said in each reader.
"""

import gzip
import io
import warnings
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from mdwarfs.errors import InputError

SPEED_OF_LIGHT = 299792.458
"""[km/s]"""

BRIGHTSKY = 1 << 23
"""SPPIXMASK bit: the sky is so much brighter than the star that its subtraction cannot
be trusted (sdss3.org, bitmask_sppixmask). Worse conditions have ivar 0 already."""

FITS_BLOCK = 2880
"""Every part of a FITS file fills whole blocks of so many bytes."""

XCSAO_RXC_MIN = 6
"""Least correlation coefficient of a velocity that Astra 0.6.0 accepts."""


@dataclass(frozen=True)
class Spectrum:
    """One spectrum, as it was read.

    Attributes
    ----------
    wavelength : ndarray, shape (n,)
        In vacuum [Angstrom], rising; in the rest frame of the star if `at_rest`.
    flux, ivar : ndarray, shape (n,)
        Flux density per Angstrom and its inverse variance. Both are 0 in bad pixels.
    kind : str
        "mwmStar", "spec" or "lamost".
    at_rest : bool
        Whether `wavelength` is in the star's rest frame.
    v_rad : float
        Radial velocity according to the file [km/s]; NaN if it has none.
    snr : float
        Signal-to-noise ratio according to the file; NaN if it has none.
    star_class, subclass : str
        The survey's own class and subclass, "" if the file has none.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    ivar: np.ndarray
    kind: str
    at_rest: bool
    v_rad: float
    snr: float
    star_class: str = ""
    subclass: str = ""

    def shifted(self, v_rad):
        """The same spectrum in the rest frame of a star of velocity `v_rad` [km/s]."""
        if self.at_rest:
            raise ValueError("the spectrum is in the rest frame already")
        wavelength = self.wavelength / (1 + v_rad / SPEED_OF_LIGHT)
        return replace(self, wavelength=wavelength, v_rad=v_rad, at_rest=True)

    def in_rest_frame(self):
        """The same spectrum at rest; raises InputError if its velocity is unknown."""
        if self.at_rest:
            return self
        if not np.isfinite(self.v_rad):
            raise InputError("its radial velocity is not known")
        return self.shifted(self.v_rad)


def read(path):
    """Read a spectrum of any known format.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Spectrum
        In the frame of the file; see `Spectrum.in_rest_frame`.

    Raises
    ------
    InputError
        If the file is missing, truncated, not FITS, or holds no spectrum of a known
        format. The message is "<path>: <reason>".
    """
    try:
        return parse(contents(path))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def contents(path):
    """The bytes of a file, inflated if they are gzipped."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})") from error
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error):
        raise InputError("the gzip stream is truncated or damaged") from None


def parse(data):
    """Make a spectrum of the bytes of a FITS file; raises InputError."""
    if data[:9] != b"SIMPLE  =":
        raise InputError("is not a FITS file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        try:
            with fits.open(io.BytesIO(data), lazy_load_hdus=False) as hdus:
                if not whole(hdus, len(data)):
                    raise InputError("the file is truncated")
                return find_reader(hdus)(hdus)
        except InputError:
            raise
        except (OSError, TypeError, ValueError, KeyError, IndexError) as error:
            raise InputError(f"is damaged ({error})") from error


def whole(hdus, size):
    """Whether a file of `size` bytes holds all that its headers announce."""
    parts = [hdu.fileinfo() for hdu in hdus]
    end = max(part["datLoc"] + part["datSpan"] for part in parts)
    return size % FITS_BLOCK == 0 and end <= size


def find_reader(hdus):
    """The function that reads this kind of file; raises InputError if there is none."""
    names = [hdu.name for hdu in hdus]
    if "BOSS/APO" in names or "BOSS/LCO" in names:
        return read_mwm_star
    for hdu in hdus[1:]:
        if isinstance(hdu, fits.BinTableHDU):
            columns = {name.lower() for name in hdu.columns.names}
            if {"flux", "loglam", "ivar"} <= columns:
                return read_spec
            break
    primary = hdus[0]
    if primary.header["NAXIS"] == 2 and primary.header["NAXIS2"] == 5:
        return read_lamost
    raise InputError(
        "holds no spectrum of a known format (mwmStar, BOSS or SDSS spec, LAMOST DR7)"
    )


def read_mwm_star(hdus):
    """BOSS stack of an mwmStar file: of the observatory with the larger SNR.

    Its `pixel_flags` join the OR masks of all exposures, and exposures in which a
    pixel was bad have no weight in the stack; so BRIGHTSKY alone is used, which is a
    matter of the wavelength and the star rather than of one exposure.
    """
    boss = [hdu for hdu in hdus if hdu.name in ("BOSS/APO", "BOSS/LCO")]
    # A table of no rows takes as long to make as one of many: do not touch its data.
    rows = [row for hdu in boss if hdu.header["NAXIS2"] for row in hdu.data]
    if not rows:
        raise InputError("holds no BOSS spectrum, the extensions are empty")
    row = max(rows, key=lambda row: np.nan_to_num(row["snr"], nan=-np.inf))
    flagged = np.nan_to_num(row["pixel_flags"]).astype(np.int64) & BRIGHTSKY
    return build(
        row["wavelength"], row["flux"], row["ivar"], flagged,
        kind="mwmStar", at_rest=True, v_rad=row["v_rad"], snr=row["snr"],
    )  # fmt: skip


def read_spec(hdus):
    """Coadded spectrum of a spec-*.fits file, from SDSS-I to SDSS-V.

    The velocity is that of the XCSAO cross-correlation where there is a good one,
    otherwise the redshift of the best stellar template.
    """
    coadd = next(hdu.data for hdu in hdus[1:] if isinstance(hdu, fits.BinTableHDU))
    names = {name.lower() for name in coadd.names}
    flagged = coadd["and_mask"] & BRIGHTSKY if "and_mask" in names else 0
    row = next((hdu.data[0] for hdu in hdus if hdu.name in ("SPALL", "SPECOBJ")), None)
    known = set(row.array.names) if row is not None else set()

    def value(name, default=np.nan):
        return row[name] if name in known else default

    star_class = str(value("CLASS", "")).strip()
    v_rad = np.nan
    if value("XCSAO_RXC") > XCSAO_RXC_MIN:
        v_rad = value("XCSAO_RV")
    elif star_class == "STAR":
        v_rad = value("Z") * SPEED_OF_LIGHT
    return build(
        10 ** coadd["loglam"].astype(float), coadd["flux"], coadd["ivar"], flagged,
        kind="spec", at_rest=False, v_rad=v_rad, snr=value("SN_MEDIAN_ALL"),
        star_class=star_class, subclass=str(value("SUBCLASS", "")).strip(),
    )  # fmt: skip


def read_lamost(hdus):
    """Low-resolution spectrum of LAMOST DR7.

    A pixel whose AND mask is set was bad in every exposure and is dropped. The SNR is
    that in i, where M dwarfs are bright. The header's Z is -9999 where the pipeline
    could not classify the star.
    """
    header = hdus[0].header
    flux, ivar, wavelength, and_mask, _ = hdus[0].data
    redshift = header.get("Z", -9999)
    return build(
        wavelength, flux, ivar, and_mask,
        kind="lamost", at_rest=False,
        v_rad=redshift * SPEED_OF_LIGHT if redshift > -1 else np.nan,
        snr=header.get("SNRI", np.nan),
        star_class=header.get("CLASS", ""), subclass=header.get("SUBCLASS", ""),
    )  # fmt: skip


def build(wavelength, flux, ivar, flagged, **meta):
    """Make a `Spectrum`; pixels that are flagged or not finite become bad ones."""
    wavelength = without_rounding(np.asarray(wavelength, float))
    flux, ivar = np.array(flux, float), np.array(ivar, float)
    good = np.isfinite(flux) & np.isfinite(ivar) & (ivar > 0)
    good &= np.asarray(flagged) == 0
    flux[~good] = ivar[~good] = 0
    meta |= {name: float(meta[name]) for name in ("v_rad", "snr")}
    return Spectrum(wavelength, flux, ivar, **meta)


def without_rounding(wavelength):
    """Undo the rounding of a logarithmic grid that was stored in single precision.

    Single precision moves pixels by up to 0.003 of their width; grids that coincide
    would no longer do so.

    Parameters
    ----------
    wavelength : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        The logarithmic grid of a step of a multiple of 1e-5 dex, if `wavelength` is
        one but for rounding; otherwise `wavelength` itself.

    Raises
    ------
    InputError
        If the wavelengths do not rise, or are not wavelengths at all.
    """
    valid = len(wavelength) > 1 and np.isfinite(wavelength).all() and wavelength[0] > 0
    if not valid or (np.diff(wavelength) <= 0).any():
        raise InputError("its wavelengths are not a rising series of positive numbers")
    log = np.log10(wavelength)
    index = np.arange(len(log))
    step = round((log[-1] - log[0]) / index[-1], 5)
    start = round(np.mean(log - step * index), 6)
    regular = start + step * index
    return 10**regular if np.abs(log - regular).max() < 1e-6 else wavelength
