"""Training stars as they are given: checked, and without spectra that spoil others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.hybrid.noise import clean, middle, without_spikes
from mdwarfs.slam.folds import assign_folds
from mdwarfs.slam.infer.residuals import COLUMNS as RESIDUALS
from mdwarfs.slam.standardise import LabelScale
from mdwarfs.statistics import MAD_TO_SIGMA

FEWEST_STARS = 10
"""Training stars. Of eight, errors were found too small by up to 5.6."""
FEWEST_PIXELS = 3
SHARE_GOOD = 0.3
"""Of the training stars, with which a pixel takes part."""
SHARE_OF_PIXELS = 0.2
"""Share of these pixels that are good, below which a spectrum has no labels."""
FACTOR = 100.0
"""By which flux and errors may differ from the usual, but for spectra that differ much
among themselves: `SPREAD` robust standard deviations of the logarithm."""
SPREAD = 8.0
ONE_SIGN = 0.1
"""Share of spectra of negative flux, below which these are wrong."""

TAKEN = (
    "source_id", "sdss_id", "snr", "star", "trusted", "trained_on", "status", "flags",
    "flag_names", "reason", "chi2", "dof", "n_good", "n_outliers",
    "training_sparseness", "correlation", "v_offset", "v_stretch", "file", "name",
    "kind", "id", "role", "ra", "dec", "parallax", "bp_rp0", "mg0", "snr_file",
    "v_rad", "v_rad_source", "simulated", "simulated_model",
    *RESIDUALS,
)  # fmt: skip
"""Columns of tables of labels that no label can have the name of."""


@dataclass(frozen=True)
class TrainingSet:
    """Training stars that can be learnt from, n of m that are given.

    Attributes
    ----------
    names : length d
    labels, errors : shape (n, d)
        A label is NaN where it is unknown; its error, and one that is not known, is 0.
    flux, ivar : shape (n, q)
        Clean, see `mdwarfs.hybrid.noise`, of the pixels that take part.
    star : int, shape (n,)
        Number of the star, in the order of their first spectra: several spectra of one
        star are held out together.
    used : bool, shape (p,)
        The pixels that take part.
    source_id : int, shape (n,)
    reason : str, shape (m,)
        Why nothing is learnt of a spectrum; empty if something is.
    """

    names: tuple[str, ...]
    labels: np.ndarray
    errors: np.ndarray
    flux: np.ndarray
    ivar: np.ndarray
    star: np.ndarray
    used: np.ndarray
    source_id: np.ndarray
    reason: np.ndarray

    @classmethod
    def of(
        cls,
        labels: np.ndarray,
        errors: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        names: Sequence[str],
        wavelength: np.ndarray,
        source_id: np.ndarray | None,
        star: np.ndarray | None,
    ) -> TrainingSet:
        """Check what is given, and leave out what would spoil the rest.

        Parameters
        ----------
        labels, errors, flux, ivar, names, wavelength, source_id, star
            As for `mdwarfs.hybrid.model.Hybrid.fit`.

        Raises
        ------
        InputError
            If shapes, names or values are not what they have to be, or too little can
            be learnt from.
        """
        names = check_names(names)
        labels = numeric_array(labels, "labels", (None, None))
        m, d = labels.shape
        if d != len(names):
            raise InputError(
                f"labels have {d} column(s), label_names {len(names)} name(s): give a "
                "column per name"
            )
        errors = numeric_array(errors, "errors of the labels", (m, d))
        flux = numeric_array(flux, "flux", (m, None))
        ivar = numeric_array(ivar, "ivar", flux.shape)
        check_wavelength(wavelength, flux.shape[1])
        source_id = identifiers(source_id, "source_id", m)
        star = source_id if star is None else identifiers(star, "star", m)
        check_errors(errors, names)
        flux, ivar = without_spikes(*clean(flux, ivar))
        used, reason = usable(flux, ivar)
        flux, ivar = flux[:, used], ivar[:, used]
        kept = reason == ""
        number = same_star(star[kept])
        count = len(np.unique(number))
        if count < FEWEST_STARS:
            left = ""
            if not kept.all():
                first = np.flatnonzero(~kept)[0]
                left = (
                    f" ({np.sum(~kept)} more cannot be used: of spectrum {first} "
                    f"{reason[first]})"
                )
            raise InputError(
                f"{count} training star(s){left}: the hybrid labels need at least "
                f"{FEWEST_STARS}"
            )
        unknown = np.isposinf(errors)
        labels = np.where(unknown, np.nan, labels)
        check_labels(labels, unknown, kept, number, names)
        errors = np.nan_to_num(errors, posinf=0.0)
        return cls(
            names, labels[kept], errors[kept], flux[kept], ivar[kept], number, used,
            source_id[kept], reason,
        )  # fmt: skip

    @property
    def known(self) -> np.ndarray:
        """Which labels are known, shape (n, d)."""
        return np.isfinite(self.labels)

    def folds(self, number: int, seed: int) -> np.ndarray:
        """Divide the stars at random, all spectra of one into the same fold.

        Returns
        -------
        int, shape (n,)
        """
        stars = self.star.max() + 1
        fold = assign_folds(stars, number, np.random.default_rng([seed, number]))
        return fold[self.star]


def columns_of(names: Sequence[str]) -> list[str]:
    """Columns that labels of such names make of themselves.

    Parameters
    ----------
    names
        Of all labels.
    """
    forms = "{}", "e_{}", "{}_flat", "e_{}_flat", "prior_share_{}"
    own = [form.format(name) for name in names for form in forms]
    return own + [f"covariance_{a}_{b}" for a, b in combinations(names, 2)]


def check_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names of labels, if columns of tables can have them.

    Raises
    ------
    InputError
        If they cannot, or if two columns would have one name (FITS does not tell upper
        from lower case).
    """
    if isinstance(names, str):
        raise InputError(f"label_names: give a list of names, as ['{names}']")
    names = tuple(names)
    for name in names:
        text = name if isinstance(name, str) else ""
        if not text.strip() or text != text.strip() or not text.isprintable():
            raise InputError(f"label name {name!r}: give a printable text")
        if not text.isascii():
            raise InputError(
                f"label name {name!r}: a table of FITS holds no such letters; give one "
                "of ASCII"
            )
    if not names:
        raise InputError("label_names: there is no label to learn")
    count = Counter(column.lower() for column in (*columns_of(names), *TAKEN))
    twice = [column for column, number in count.items() if number > 1]
    if twice:
        raise InputError(
            f"label names {', '.join(names)}: a table of labels would have two columns "
            f"{twice[0]}; rename a label"
        )
    return names


def numeric_array(
    values: np.ndarray, text: str, shape: tuple[int | None, int | None]
) -> np.ndarray:
    """An array of numbers of two dimensions; what is masked is NaN.

    Parameters
    ----------
    shape
        What it has to be; None: anything.

    Raises
    ------
    InputError
        If it is something else.
    """
    try:
        array = np.ma.asarray(values)
    except ValueError:  # rows of different length
        array = np.ma.empty(0, object)
    if array.dtype.kind not in "fiub":
        raise InputError(f"{text}: this is not an array of real numbers")
    if array.ndim != 2 or any(
        want is not None and got != want for got, want in zip(array.shape, shape)
    ):
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        raise InputError(
            f"{text}: the shape is {array.shape}, and has to be ({wanted}): a row per "
            "training spectrum"
        )
    return np.ma.filled(array.astype(float), np.nan)


def check_wavelength(wavelength: np.ndarray, pixels: int) -> None:
    """Refuse wavelengths that are not those of so many pixels.

    Raises
    ------
    InputError
        If they are not positive and ascending, or their number is another.
    """
    wavelength = np.asarray(wavelength)
    if wavelength.shape != (pixels,):
        raise InputError(
            f"wavelength: the shape is {wavelength.shape}, and has to be ({pixels},), "
            "as many as flux has columns"
        )
    if wavelength.dtype.kind not in "fiu" or not (
        np.isfinite(wavelength).all()
        and (wavelength > 0).all()
        and (np.diff(wavelength) > 0).all()
    ):
        raise InputError(
            "wavelength: the values have to be positive, finite and ascending"
        )


def identifiers(values: np.ndarray | None, text: str, m: int) -> np.ndarray:
    """Identifiers of so many spectra; zeros if none are given.

    Raises
    ------
    InputError
        If they are not so many integers, or beyond those of 64 bits with a sign.
    """
    if values is None:
        return np.zeros(m, int)
    values = np.asarray(values)
    if values.shape != (m,) or values.dtype.kind not in "iu":
        raise InputError(
            f"{text}: give {m} integers, one per training spectrum (0 if unknown), not "
            f"{values.dtype} of shape {values.shape}"
        )
    most = np.iinfo(np.int64).max
    if (values > most).any():  # only unsigned ones can be
        raise InputError(
            f"{text}: {values.max()} is greater than {most}, the largest of tables"
        )
    return values.astype(np.int64)


def check_errors(errors: np.ndarray, names: Sequence[str]) -> None:
    """Refuse errors of labels that cannot be.

    Raises
    ------
    InputError
        If one is negative, or all of a label are infinite.
    """
    if (errors < 0).any():
        star, label = np.argwhere(errors < 0)[0]
        raise InputError(
            f"training star {star}: the error of {names[label]} is "
            f"{errors[star, label]:g}; give NaN where none is known"
        )
    nothing = np.isposinf(errors).all(axis=0)
    if nothing.any():
        raise InputError(
            f"label {names[np.argmax(nothing)]}: all errors are infinite; nothing can "
            "be learnt about it"
        )


def check_labels(
    labels: np.ndarray,
    unknown: np.ndarray,
    kept: np.ndarray,
    star: np.ndarray,
    names: Sequence[str],
) -> None:
    """Refuse labels that nothing can be learnt about.

    Parameters
    ----------
    labels : shape (m, d)
    unknown : bool, shape (m, d)
        Which of them nobody knows.
    kept : bool, shape (m,)
        The spectra that are learnt from, n of them.
    star : int, shape (n,)
        Number of their star.

    Raises
    ------
    InputError
        If one is no number and not unknown, if fewer than `FEWEST_STARS` stars know a
        label, or if it is the same for all that do.
    """
    missing = ~np.isfinite(labels) & ~unknown & kept[:, None]
    if missing.any():
        row, label = np.argwhere(missing)[0]
        raise InputError(
            f"training star {row} has no {names[label]} ({missing.any(1).sum()} "
            "star(s) lack a label): give an infinite error where a label is unknown, "
            "or leave such stars out of the training set"
        )
    for name, values in zip(names, labels[kept].T):
        known = np.isfinite(values)
        count = len(np.unique(star[known]))
        if count < FEWEST_STARS:
            raise InputError(
                f"label {name} is known of {count} training star(s): the hybrid labels "
                f"need at least {FEWEST_STARS}"
            )
        LabelScale.of(values[known, None], [name])  # refuses what does not vary


def same_star(star: np.ndarray) -> np.ndarray:
    """Number the stars of spectra, in the order of their first ones.

    Parameters
    ----------
    star : int, shape (n,)
        Identifiers; those that are not positive are unknown, and a star each.

    Returns
    -------
    int, shape (n,)
    """
    alone = star <= 0
    own = np.where(alone, -1 - np.arange(len(star)), star)
    _, first, inverse = np.unique(own, return_index=True, return_inverse=True)
    rank = np.empty(len(first), int)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def usable(flux: np.ndarray, ivar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pixels that take part, and why nothing is learnt of a spectrum.

    Spectra that nothing is learnt of have no say in which pixels take part.

    Parameters
    ----------
    flux, ivar : shape (m, p)
        Clean.

    Returns
    -------
    used : bool, shape (p,)
    reason : str, shape (m,)
        See `absurd`.

    Raises
    ------
    InputError
        If too few pixels take part.
    """
    good = ivar > 0
    count = good.sum(axis=1)
    kept = count >= SHARE_OF_PIXELS * count.max(initial=0)
    for _ in range(2):
        used = good[kept].mean(axis=0) >= SHARE_GOOD
        if used.sum() < FEWEST_PIXELS:
            raise InputError(
                f"{used.sum()} pixel(s) are good in {SHARE_GOOD:.0%} of the training "
                "spectra: nothing can be learnt from so few"
            )
        reason = absurd(flux[:, used], ivar[:, used])
        kept = reason == ""
        if not kept.any():
            break
    return used, reason


def absurd(flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Say of spectra that would spoil what is learnt of the others why they would.

    Parameters
    ----------
    flux, ivar : shape (m, q)
        Clean.

    Returns
    -------
    str, shape (m,)
        Empty of a spectrum that is not absurd.
    """
    good = ivar > 0
    reason = np.full(len(flux), "", "U64")
    few = good.sum(axis=1) < SHARE_OF_PIXELS * flux.shape[1]
    reason[few] = "too few good pixels"
    rows = np.flatnonzero(~few)
    if not len(rows):
        return reason
    own = good[rows]
    masked = np.where(own, flux[rows], np.nan)
    level, size = middle(flux[rows], own), middle(np.abs(flux[rows]), own)
    error = middle(ivar[rows], own) ** -0.5
    constant = np.nanmax(masked, axis=1) == np.nanmin(masked, axis=1)
    reason[rows[constant]] = "its flux is the same in all pixels"
    sign = np.sign(np.median(np.sign(level)))
    other = ~constant & (np.sign(level) == -sign)
    if other.mean() < ONE_SIGN:  # else fluxes are about zero
        reason[rows[other]] = "its flux has not the sign of the others"
    rest = reason[rows] == ""
    for values, text in ((size, "flux is"), (error, "errors are")):
        far, ratio = far_off(values, rest)
        for row in np.flatnonzero(far):
            reason[rows[row]] = f"its {text} {ratio[row]:.1e} times the usual"
    return reason


def far_off(values: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which positive values are far from the usual, and how many times that they are.

    Parameters
    ----------
    values : shape (k,)
    rest : bool, shape (k,)
        Those that are asked about, and say what is usual.

    Returns
    -------
    far : bool, shape (k,)
    ratio : shape (k,)
    """
    far, ratio = np.zeros(len(values), bool), np.ones(len(values))
    if not rest.any():
        return far, ratio
    logarithm = np.log(np.maximum(values[rest], np.finfo(float).tiny))
    middle = np.median(logarithm)
    spread = MAD_TO_SIGMA * np.median(np.abs(logarithm - middle))
    ratio[rest] = np.exp(logarithm - middle)
    far[rest] = np.abs(logarithm - middle) > max(np.log(FACTOR), SPREAD * spread)
    return far, ratio
