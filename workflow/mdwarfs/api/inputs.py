"""Check a user's input and turn it into matching arrays, or say what is wrong."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.catalogues.nulls import FILLS
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.spectra.spectrum import V_LARGEST
from mdwarfs.tables.physical import limits

NORMALISED = (0.1, 10.0)
"""Median flux of a star between which its spectrum counts as normalised."""


def label_values(
    labels: Mapping | Table | ArrayLike, names: Sequence[str] | None = None
) -> tuple[tuple[str, ...], np.ndarray]:
    """Labels by whatever means they are given.

    Parameters
    ----------
    labels
        A dict or a table (of astropy or pandas, or a structured array) with a column
        per label, or an array of shape (n, d). Units of columns are converted to those
        of `mdwarfs.labels` where the label is one of these.
    names : length d
        Which columns, or what the columns of an array are. Default: all of a dict; of
        a table those that `mdwarfs.labels` knows.

    Returns
    -------
    names : length d
    values : shape (n, d)
        NaN where a value is masked.

    Raises
    ------
    InputError
        If there are no such columns, they are not numbers, or differ in length.
    """
    if isinstance(names, str):
        names = [names]
    columns = columns_of(labels)
    if columns is None:
        values = np.ma.asarray(labels)
        if values.ndim != 2 or names is None or len(names) != values.shape[1]:
            raise InputError(
                f"labels: an array of shape {values.shape} needs two dimensions, stars "
                'by labels, and the name of every column, as names=["teff", "feh"]; or '
                "give a dict or a table"
            )
        columns = dict(zip(names, values.T))
    elif names is None:
        names = list(columns)
        if not isinstance(labels, Mapping):
            names = [name for name in columns if name in LABELS]
    missing = [name for name in names if name not in columns]
    if missing or not names:
        some = ", ".join(f'"{name}"' for name in list(columns)[:2])
        raise InputError(
            f"labels: there is no {', '.join(map(str, missing)) or 'known label'}. The "
            f"columns are {', '.join(map(str, columns)) or 'none'}; say which of them "
            f"are labels, as names=[{some}]"
        )
    if len(set(names)) < len(names):
        raise InputError(f"labels: a name occurs twice: {', '.join(names)}")
    found = [label_column(columns[name], name) for name in names]
    lengths = {len(values) for values in found}
    if len(lengths) > 1:
        raise InputError(
            "labels: the columns differ in length: "
            + ", ".join(f"{x} {len(v)}" for x, v in zip(names, found))
        )
    return tuple(map(str, names)), np.stack(found, axis=1)


def columns_of(labels: Any) -> dict[str, Any] | None:
    """Columns of a dict, a table, a data frame, a structured array; None of others."""
    if isinstance(labels, Mapping):
        return dict(labels)
    names = getattr(labels, "colnames", None)  # astropy
    if names is None and hasattr(labels, "columns"):  # pandas
        names = list(labels.columns)
    if names is None:  # structured array
        names = getattr(getattr(labels, "dtype", None), "names", None)
    return None if names is None else {name: labels[name] for name in names}


def label_column(column: Any, name: str) -> np.ndarray:
    """A column as floats of one dimension, in the unit of its label; raises InputError.

    Parameters
    ----------
    column
        Of one number, for all that follows, or of n.
    """
    unit = getattr(column, "unit", None)
    try:
        values = np.ma.filled(np.ma.asarray(column).astype(float), np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(f"labels: {name} is not a column of numbers") from error
    values = np.atleast_1d(np.asarray(values, float))
    if values.ndim != 1:
        raise InputError(
            f"labels: {name} has shape {values.shape}, not one value a star"
        )
    if unit is not None and name in LABELS:
        try:
            values = (values * u.Unit(unit)).to_value(LABELS[name].unit)
        except u.UnitConversionError as error:
            raise InputError(
                f"labels: {name} is in {unit}, and has to be in {LABELS[name].unit}"
            ) from error
    return values


def training_labels(
    labels: Mapping | Table | ArrayLike, names: Sequence[str] | None, n: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """Labels that can be trained on, of n stars; see `label_values`.

    Raises
    ------
    InputError
        If they are not n, one is not finite, or one is none that any star can have.
    """
    names, values = label_values(labels, names)
    if len(values) != n:
        raise InputError(
            f"there are labels of {len(values)} star(s) and spectra of {n}: the rows "
            "have to be the same stars, in the same order"
        )
    bad = ~np.isfinite(values)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        lacking = [x for x, gone in zip(names, bad.any(axis=0)) if gone]
        raise InputError(
            f"labels: {bad.any(axis=1).sum()} of {n} stars lack {', '.join(lacking)}, "
            f"the first is row {row} with {names[column]} = {values[row, column]}. "
            "Leave them out: keep = np.isfinite(...), then spectra[keep] (or "
            "spectra.take(keep)) and labels[keep]"
        )
    for name, column in zip(names, values.T):
        right = limits(name) if name in LABELS else None
        wrong = np.isin(column, FILLS) if right is None else ~right.holds(column)
        if wrong.any():
            what = f"outside {right} {LABELS[name].unit}" if right else "a fill value"
            raise InputError(
                f"labels: {name} of {wrong.sum()} star(s) is {what}, the first is row "
                f"{np.argmax(wrong)} with {column[wrong][0]:g}: leave these stars out, "
                "or give the right unit or quantity"
            )
    return names, values


def flux_and_ivar(
    flux: ArrayLike, ivar: ArrayLike | None, error: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    """Flux and inverse variance of stars, one row each.

    Parameters
    ----------
    flux : shape (n, p) or (p,)
    ivar, error
        One of the two, of the same shape. A pixel is bad where `ivar` is 0 or `error`
        infinite, or anything is NaN or masked. With units, an error is brought to that
        of the flux.

    Returns
    -------
    flux, ivar : shape (n, p)
        1 and 0 in bad pixels.

    Raises
    ------
    InputError
        If the shapes differ, or an uncertainty is negative or none is given.
    """
    unit = getattr(flux, "unit", None)
    if unit is not None and getattr(error, "unit", None) is not None:
        error = converted(error, u.Unit(unit), "error")
    flux = np.atleast_2d(unmasked(flux))
    if flux.ndim != 2:
        raise InputError(f"flux has shape {flux.shape}: it has to be (stars, pixels)")
    if (ivar is None) == (error is None):
        raise InputError(
            "give one of ivar= (inverse variance) and error= (standard deviation) of "
            "the flux, of its shape"
        )
    name, given = ("ivar", ivar) if error is None else ("error", error)
    given = np.atleast_2d(unmasked(given))
    if not flux.size:
        raise InputError(f"flux has shape {flux.shape}: there is no star, or no pixel")
    if given.shape != flux.shape:
        raise InputError(
            f"{name} has shape {given.shape}, and flux {flux.shape}: a value is needed "
            "for each pixel of each star (np.broadcast_to makes one of fewer)"
        )
    wrong = given < 0 if name == "ivar" else given <= 0
    if wrong.any():
        row, pixel = np.argwhere(wrong)[0]
        raise InputError(
            f"{name} of {wrong.sum()} pixel(s) is {given[row, pixel]:g}, the first is "
            f"pixel {pixel} of row {row}: bad pixels are marked by "
            + ("ivar = 0" if name == "ivar" else "error = np.inf")
        )
    if name == "error":
        with np.errstate(over="ignore"):
            given = 1 / given**2
    filled = np.isin(flux, FILLS) & (given > 0)
    if filled.any():
        row, pixel = np.argwhere(filled)[0]
        raise InputError(
            f"flux of {filled.sum()} pixel(s) is a fill value, the first is pixel "
            f"{pixel} of row {row} with {flux[row, pixel]:g}: mark such pixels as bad, "
            "by NaN or ivar = 0"
        )
    good = np.isfinite(flux) & np.isfinite(given) & (given > 0)
    return np.where(good, flux, 1.0), np.where(good, given, 0.0)


def unmasked(values: ArrayLike) -> np.ndarray:
    """Values as floats, NaN where they are masked."""
    return np.asarray(np.ma.filled(np.ma.asarray(values).astype(float), np.nan))


def rising_wavelength(wavelength: ArrayLike, pixels: int) -> np.ndarray:
    """Wavelengths of so many pixels, in rising order.

    Raises
    ------
    InputError
        If they are not so many, do not rise, or are not wavelengths in Angstrom.
    """
    unit = getattr(wavelength, "unit", None)
    if unit is not None:
        wavelength = converted(wavelength, u.Angstrom, "wavelength")
    wavelength = np.asarray(wavelength, float)
    if wavelength.shape != (pixels,):
        raise InputError(
            f"wavelength has shape {wavelength.shape}, and the spectra have {pixels} "
            "pixels: one wavelength is needed for each, the same for all stars"
        )
    if pixels < 2:
        raise InputError("wavelength: a spectrum needs at least two pixels")
    if not (np.isfinite(wavelength).all() and (wavelength > 0).all()):
        raise InputError("wavelength: all have to be positive numbers [Angstrom]")
    if (np.diff(wavelength) <= 0).any():
        raise InputError(
            "wavelength does not rise: order = np.argsort(wavelength), then "
            "wavelength[order], flux[:, order] and ivar[:, order]"
        )
    return wavelength


def converted(values: Any, wanted: u.UnitBase, name: str) -> np.ndarray | np.floating:
    """Values that have a unit, in another one; NaN where they are masked.

    Raises
    ------
    InputError
        If they cannot be.
    """
    try:
        return (unmasked(values) * u.Unit(values.unit)).to_value(wanted)
    except u.UnitConversionError as error:
        raise InputError(
            f"{name} is in {values.unit}, and has to be in {wanted}"
        ) from error


def velocities(v_rad: ArrayLike, n: int) -> np.ndarray:
    """Radial velocities of n spectra [km/s]; NaN where they are masked.

    Parameters
    ----------
    v_rad : shape (n,) or ()
        A `Quantity` or a column with a unit is converted.

    Raises
    ------
    InputError
        If they are not n numbers, of no velocity's unit, or faster than any star.
    """
    try:
        if getattr(v_rad, "unit", None) is not None:
            found = converted(v_rad, u.km / u.s, "v_rad")
        else:
            found = unmasked(v_rad)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("v_rad: numbers are wanted [km/s]") from error
    if found.shape not in ((), (n,)):
        raise InputError(
            f"v_rad has shape {found.shape}, and there are {n} spectra: one velocity "
            "is needed for each, NaN where it is not known"
        )
    found = np.broadcast_to(found, n)
    wrong = np.abs(found) > V_LARGEST
    if wrong.any():
        raise InputError(
            f"v_rad of {wrong.sum()} spectra is beyond {V_LARGEST:g} km/s, the first "
            f"is row {np.argmax(wrong)} with {found[wrong][0]:g}: give NaN where it is "
            "not known, and a unit if it is not km/s, as v_rad * u.m / u.s"
        )
    return found


def whole_number(value: Any, name: str, least: int, most: int | None = None) -> int:
    """A whole number that a user gives; raises InputError if it is none, or too small.

    Parameters
    ----------
    most
        Default: no limit.
    """
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if number and value >= least and (most is None or value <= most):
        return int(value)
    reach = f"from {least} on" if most is None else f"from {least} to {most}"
    raise InputError(f"{name} is {value!r}, and has to be a whole number {reach}")


def known_keys(given: Mapping, known: Sequence[str], name: str) -> None:
    """Refuse keys that are not known.

    Raises
    ------
    InputError
        With the key that may have been meant.
    """
    for key in given:
        if key not in known:
            raise InputError(f"{name}: {unknown(key, known)}")


def unknown(key: Any, known: Sequence[str]) -> str:
    """What to say of a name that is not known, with the one that may be meant."""
    close = get_close_matches(str(key), [str(x) for x in known], n=1)
    close = close or [x for x in map(str, known) if x.lower() == str(key).lower()]
    hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
    return f"there is no {key}; {hint}"


def hinting(function: Callable, handed_on: Iterable[str] = ()) -> Callable:
    """Let a function say which keyword may be meant by one that it does not have.

    Parameters
    ----------
    handed_on
        Keywords that it does not name, and hands on.
    """
    named = inspect.signature(function).parameters.values()
    known = [x.name for x in named if x.kind is not x.VAR_KEYWORD] + [*handed_on]

    @functools.wraps(function)
    def call(*arguments, **keywords):
        for key in keywords:
            if key not in known:
                raise TypeError(f"{function.__qualname__}: {unknown(key, known)}")
        return function(*arguments, **keywords)

    return call


def not_normalised(flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Why the flux of each star cannot be normalised flux; "" if it can.

    Parameters
    ----------
    flux, ivar : shape (n, p)

    Returns
    -------
    str, shape (n,)
    """
    good = np.asarray(ivar) > 0
    reasons = []
    for row, mask in zip(np.asarray(flux), good):
        median = np.median(row[mask]) if mask.any() else 1.0
        low, high = NORMALISED
        reasons.append(
            "" if low < median < high else f"not normalised: its median is {median:.3g}"
        )
    return np.array(reasons, "U64")


def number_of_threads(threads: int | None) -> int:
    """The number of threads: as a user says, or that of the cores."""
    return cores() if threads is None else whole_number(threads, "threads", 1)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
