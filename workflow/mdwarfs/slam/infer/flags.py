"""The flags of a star's labels, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import IntFlag, unique
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS

if TYPE_CHECKING:
    from astropy.table import Table
    from numpy.typing import ArrayLike

RANGED = {name: label for name, label in LABELS.items() if label.outside is not None}
"""Labels that can have a usable range: each has a bit OUTSIDE_<LABEL> of its own."""

BITS = {
    **{f"OUTSIDE_{name.upper()}": label.outside for name, label in RANGED.items()},
    "OUTSIDE_HULL": 8,
    "LOW_DENSITY": 16,
    "AT_EDGE": 32,
    "LOW_SNR": 64,
    "FEW_PIXELS": 128,
    "NOT_CONVERGED": 256,
    "MULTIPLE_MINIMA": 512,
    "NO_LABELS": 1024,
    "VELOCITY": 2048,
    "BAD_FIT": 4096,
    "UNLIKE_MODEL": 8192,
    "UNCERTAIN": 16384,
    "OUTSIDE_TRAINING": 32768,
    "RESOLUTION": 65536,
}
Flag = unique(
    IntFlag("Flag", sorted(BITS.items(), key=lambda x: x[1]), module=__name__)
)
"""Bits of the `flags` column, which are never changed; `DESCRIPTIONS` says what each
means. A new one, of a label or another, takes the next power of two."""

DESCRIPTIONS = {
    **{
        Flag(label.outside): f"{label.words.removeprefix('the ')} outside the usable "
        "range"
        for label in RANGED.values()
    },
    Flag.OUTSIDE_HULL: "labels outside the convex hull of the training stars by more "
    "than twice their errors",
    Flag.LOW_DENSITY: "few training stars are near: the tenth-nearest is farther away "
    "than it is for 99 % of the training stars",
    Flag.AT_EDGE: "the fit ended at the edge of the training domain",
    Flag.LOW_SNR: "signal-to-noise ratio below the limit, or unknown",
    Flag.FEW_PIXELS: "fewer than half of the model's pixels are good",
    Flag.NOT_CONVERGED: "the fit ran out of iterations",
    Flag.MULTIPLE_MINIMA: "another, separate fit is nearly as good",
    Flag.NO_LABELS: "no labels: the column reason says why",
    Flag.VELOCITY: "shifted against its best model (v_offset, v_stretch) by more than "
    "training stars: check the velocity, and the wavelengths (air or vacuum)",
    Flag.BAD_FIT: "residuals (chi2 per dof, residual_noise, residual_lag) unlike "
    "those of training stars at this SNR, or the SNR is far above theirs or does not "
    "match flux and errors: do not trust the errors, and look at the spectrum for "
    "smoothing, resampling, clipping, fringes or emission",
    Flag.UNLIKE_MODEL: "correlation with the best model below that of training stars "
    "at this SNR, or bands deeper or shallower than any labels make them (veiling, "
    "deep_bands, deep_slope): it may not be an M dwarf, or the spectrum has other "
    "light in it (sky, scattered light, a second star)",
    Flag.UNCERTAIN: "formal errors above those of training stars at this SNR: use "
    "the labels with these errors, or not at all",
    Flag.OUTSIDE_TRAINING: "beyond the training stars, as metal-poor stars are, judged "
    "by labels of an extrapolating model (SLAM's; seldom seen below SNR 8) or by the "
    "hybrid ones without the prior; do not use the labels",
    Flag.RESOLUTION: "lines wider or narrower than in the best model (broadening), by "
    "more than in training stars: another resolution, smoothing or fast rotation",
}
COLUMNS = {
    "flags": (
        "",
        "Sum of bits that call for caution, 0 if there are none: "
        + ", ".join(f"{int(bit)} {bit.name.lower()}" for bit in Flag)
        + " (`mdwarfs flags NUMBER` explains)",
    ),
    "flag_names": ("", "The bits of flags in words, separated by commas"),
    "recommended": (
        "",
        "Whether the labels may be used as they are: there are labels, no bit of flags "
        "is set, and star and model are both real or both simulated",
    ),
}
"""Of tables that have the bits."""

MISMATCH = {
    True: "not recommended: the model is of simulated stars, and the spectrum is not",
    False: "not recommended: the spectrum is simulated, and the model is of real stars",
}
"""Why labels without a flag are not recommended, by whether the model is simulated."""
UNJUDGED = (
    "not recommended: the limits of the fit are not known, so that noise, wrong "
    "velocities and spectra of other things are not flagged"
)
"""Why they are not, if nobody has looked for the flags `BY_LIMITS`."""

HEADER = {
    f"FLAG{number}": f"{int(bit)} {bit.name.lower()}: {DESCRIPTIONS[bit]}"
    for number, bit in enumerate(Flag)
}
"""The bits spelled out, for the header of a catalogue, in their order."""

BY_LIMITS = (
    Flag.VELOCITY
    | Flag.BAD_FIT
    | Flag.UNLIKE_MODEL
    | Flag.UNCERTAIN
    | Flag.OUTSIDE_TRAINING
    | Flag.RESOLUTION
)
"""What `mdwarfs.validation.fit_limits` sets, in the catalogue and by `mdwarfs predict`.
Predictions alone do not have them."""

LIMITED = "FITLIMIT"
"""Header keyword of labels: what the limits are from."""
NO_LIMITS = "none, no flags " + ",".join(
    bit.name.lower() for bit in Flag if bit & BY_LIMITS
)


def flag(condition: np.ndarray, bit: int) -> np.ndarray:
    """An array of flags, with `bit` set where a condition holds."""
    return np.where(condition, int(bit), 0)


def outside_usable(
    labels: np.ndarray, names: Sequence[str], usable: dict[str, Sequence[float]]
) -> np.ndarray:
    """Flag labels outside the ranges in which they may be used.

    Parameters
    ----------
    labels : shape (m, d)
        NaN is not flagged here: `NO_LABELS` says it.
    names : length d
    usable
        Lowest and highest usable value of some of `RANGED`.

    Returns
    -------
    int, shape (m,)
    """
    flags = np.zeros(len(labels), int)
    for name, (low, high) in usable.items():
        value = labels[:, list(names).index(name)]
        outside = (value < low) | (value > high)
        flags |= flag(outside, LABELS[name].outside)
    return flags


def low_snr(snr: ArrayLike, limit: float) -> np.ndarray:
    """Flag spectra whose signal-to-noise ratio is below a limit, or not a number."""
    return flag(~(np.asarray(snr, float) >= limit), Flag.LOW_SNR)


def caution(
    labels: np.ndarray, names: Sequence[str], snr: ArrayLike, prediction: dict
) -> np.ndarray:
    """Flag labels outside the usable ranges, and those of faint spectra.

    Parameters
    ----------
    labels, names
        As for `outside_usable`.
    snr : shape (m,)
    prediction
        `usable` and `snr_min`.
    """
    usable = outside_usable(labels, names, prediction["usable"])
    return usable | low_snr(snr, prediction["snr_min"])


def describe(flags: int) -> list[str]:
    """The descriptions of all bits set in a number, as a list of str."""
    return [text for bit, text in DESCRIPTIONS.items() if int(flags) & bit]


def flag_names(bits: int | np.integer) -> str:
    """Names of the bits that are set, as "low_snr,at_edge"."""
    return ",".join(bit.name.lower() for bit in Flag if int(bits) & bit)


def decode(flags: int) -> list[tuple[int, str, str]]:
    """Bit, name and description of each bit that is set in a number.

    Raises
    ------
    InputError
        If the number has a bit that no flag has, or is negative.
    """
    flags = int(flags)
    known = int(sum(Flag))
    if flags < 0 or flags & ~known:
        raise InputError(
            f"{flags} is not a sum of flags: all bits together are {known}"
        )
    return [(int(b), b.name.lower(), DESCRIPTIONS[b]) for b in Flag if flags & b]


def encode(names: Iterable[str]) -> int:
    """The number whose bits have the names given.

    Raises
    ------
    InputError
        If there is no such flag.
    """
    found = 0
    for name in names:
        if name.upper() not in Flag.__members__:
            known = ", ".join(bit.name.lower() for bit in Flag)
            near = get_close_matches(name.lower(), known.split(", "), 1)
            raise InputError(
                f"there is no flag {name!r}"
                + (f"; did you mean {near[0]}?" if near else ".")
                + f" The flags are {known}"
            )
        found |= int(Flag[name.upper()])
    return found


def give_reason(table: Table) -> Table:
    """Say in the column `reason` why labels without any flag are not recommended.

    Parameters
    ----------
    table
        As `add_words` leaves it, with reason.

    Returns
    -------
    table
        The same.
    """
    unsaid = ~np.asarray(table["recommended"]) & (np.asarray(table["flags"]) == 0)
    told = np.full(len(table), UNJUDGED)
    if {"simulated", "simulated_model"} <= set(table.colnames):
        model = np.asarray(table["simulated_model"])
        mismatch = np.where(model, MISMATCH[True], MISMATCH[False])
        told = np.where(table["simulated"] != model, mismatch, told)
    table["reason"] = np.where(unsaid, told, table["reason"])
    return table


def add_words(table: Table, labelled: np.ndarray) -> Table:
    """Add to a table with flags what they mean, and whose labels are recommended.

    Parameters
    ----------
    table
        With the column flags; if it has simulated and simulated_model, stars of which
        one is true are not recommended; nor is any if its meta says `NO_LIMITS`.
    labelled : bool, shape (n,)
        Whether a star has labels.

    Returns
    -------
    table
        The same, with flag_names and recommended, and `HEADER` in its meta.
    """
    from mdwarfs.tables.tabulate import annotate  # slow: not to say what a flag means

    bits = np.asarray(table["flags"])
    table["flag_names"] = [flag_names(x) for x in bits]
    judged = table.meta.get(LIMITED) != NO_LIMITS
    table["recommended"] = np.asarray(labelled, bool) & (bits == 0) & judged
    if {"simulated", "simulated_model"} <= set(table.colnames):
        table["recommended"] &= table["simulated"] == table["simulated_model"]
    table.meta |= HEADER
    return annotate(table, COLUMNS)
