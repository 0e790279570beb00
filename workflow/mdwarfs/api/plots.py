"""Plots for a notebook, in the user's own style; each function returns its axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Row, Table

from mdwarfs.errors import InputError
from mdwarfs.figures.style import BLUE, GREY, RED
from mdwarfs.labels import LABELS
from mdwarfs.statistics import summarise

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AROUND = (0.5, 99.5)  # percentiles of the flux between which the axes reach
ROOM = 0.12  # beyond them, as a share of the distance


def star(
    wavelength: np.ndarray,
    flux: np.ndarray,
    ivar: np.ndarray,
    model: np.ndarray,
    row: Row,
    names: Sequence[str],
    axes: Sequence[Axes] | None,
) -> np.ndarray:
    """Plot a spectrum over that of the model, and the difference below.

    Parameters
    ----------
    wavelength, flux, ivar, model : shape (p,)
        Bad pixels, those without ivar, are left out.
    row
        Labels, `formal_e_*`, chi2, dof, snr, flag_names.
    names
        Of the labels.
    axes
        See `mdwarfs.Slam.plot`.

    Returns
    -------
    axes : shape (2,)
    """
    upper, lower = given(axes, 2) if axes is not None else pair()
    good = np.asarray(ivar) > 0
    flux = np.where(good, flux, np.nan).astype(float)
    error = np.full(len(flux), np.nan)
    error[good] = 1 / np.sqrt(ivar[good])
    look = {"lw": 0.8}
    band = {"color": GREY, "alpha": 0.25, "lw": 0}
    upper.fill_between(wavelength, flux - error, flux + error, **band)
    upper.plot(wavelength, flux, color="black", label="observed", **look)
    upper.plot(wavelength, model, color=RED, label="model", **look)
    lower.fill_between(wavelength, -error, error, label="error (1 sigma)", **band)
    lower.plot(wavelength, flux - model, color="black", **look)
    lower.axhline(0, color=RED, lw=0.8)
    upper.set(ylabel="normalised flux", title=title(row, names))
    upper.title.set_size("medium")
    low, high = around(np.concatenate([flux, model]))
    upper.set_ylim(low, high)
    upper.legend(loc="best", frameon=False, fontsize="small", ncols=2)
    residual = np.abs(flux - model)
    reach = np.nanpercentile(residual, AROUND[1]) if np.isfinite(residual).any() else 1
    lower.set_ylim(-1.3 * reach, 1.3 * reach)
    lower.legend(loc="best", frameon=False, fontsize="small")
    lower.set(xlabel=r"wavelength in vacuum ($\mathrm{\AA}$)", ylabel="residual")
    lower.set_xlim(wavelength[0], wavelength[-1])
    return np.array([upper, lower])


def labels(
    found: Table, reference: Mapping[str, np.ndarray], axes: Sequence[Axes] | None
) -> np.ndarray:
    """Plot found against reference labels, with the numbers of their differences.

    Parameters
    ----------
    found : n rows
        The labels, and `flags`.
    reference : each of shape (n,)
        By label.
    axes
        See `mdwarfs.Slam.plot_labels`.

    Returns
    -------
    axes : shape (d,)
    """
    axes = given(axes, len(reference)) if axes is not None else row_of(len(reference))
    flagged = np.asarray(found["flags"]) != 0
    for ax, (name, known) in zip(axes, reference.items()):
        value = np.asarray(found[name], float)
        both = np.isfinite(value) & np.isfinite(known)
        for some, look in (
            (both & ~flagged, {"color": BLUE, "label": "no flag"}),
            (both & flagged, {"color": "0.6", "label": "flagged", "zorder": 1}),
        ):
            if some.any():
                ax.plot(known[some], value[some], "o", ms=3, mew=0, alpha=0.7, **look)
        ax.set_title(
            bias_and_scatter(value[both] - known[both], name), fontsize="small"
        )
        if both.any():
            ends = known[both].min(), known[both].max()
            ends = min(ends[0], value[both].min()), max(ends[1], value[both].max())
            room = 0.05 * (ends[1] - ends[0]) or 1.0
            ends = ends[0] - room, ends[1] + room
            ax.plot(ends, ends, color="black", lw=0.8, zorder=0)
            ax.set(xlim=ends, ylim=ends)
        ax.set_aspect("equal", adjustable="box")
        ax.locator_params(nbins=4)
        ax.set(xlabel=f"reference {spoken(name)}", ylabel=f"SLAM {spoken(name)}")
    if flagged.any():
        axes[0].legend(frameon=False, fontsize="small", handletextpad=0.2)
    return axes


def bias_and_scatter(difference: np.ndarray, name: str) -> str:
    """Bias and scatter of differences, in words of two lines."""
    if not len(difference):
        return "no stars"
    found = summarise(difference)
    unit, digits = (
        (LABELS[name].unit, LABELS[name].decimals) if name in LABELS else ("", 3)
    )
    digits = digits + 1 if digits else 0
    median, robust = (round(x, digits) + 0.0 for x in (found.median, found.robust_std))
    return (
        f"{len(difference):,} stars\nSLAM - reference: median {median:.{digits}f},\n"
        f"robust scatter {robust:.{digits}f} {unit}".rstrip()
    )


def title(row: Row, names: Sequence[str]) -> str:
    """What was found of a star: labels with their formal errors, fit and flags."""
    said = []
    for name in names:
        digits = LABELS[name].decimals if name in LABELS else 3
        said.append(
            f"{symbol(name)} = {row[name]:.{digits}f} $\\pm$ "
            f"{row[f'formal_e_{name}']:.{digits}f} {unit(name)}".rstrip()
        )
    fit = f"SNR {row['snr']:.0f}, chi2/dof {row['chi2'] / max(row['dof'], 1):.2f}"
    flags = row["flag_names"].replace(",", ", ").replace("_", " ") or "no flag"
    return "  ".join(said) + f"\n{fit}; {flags}"


def spoken(name: str) -> str:
    """Symbol and unit of a label for an axis."""
    return f"{symbol(name)} ({unit(name)})" if unit(name) else symbol(name)


def symbol(name: str) -> str:
    """How a label is written; one that is not known, as it is called."""
    return LABELS[name].tex if name in LABELS else name.replace("$", r"\$")


def unit(name: str) -> str:
    """Unit of a label, "" if it is not known."""
    return LABELS[name].unit if name in LABELS else ""


def around(values: np.ndarray) -> tuple[float, float]:
    """Limits of an axis that shows nearly all values."""
    values = values[np.isfinite(values)]
    low, high = np.percentile(values, AROUND) if len(values) else (0.0, 1.0)
    room = ROOM * (high - low) or 0.1
    return low - room, high + room


def given(axes: Sequence[Axes], n: int) -> np.ndarray:
    """The axes of a user; raises InputError if there are not as many as needed."""
    axes = np.atleast_1d(np.asarray(axes, object)).ravel()
    if len(axes) != n:
        raise InputError(f"axes: there are {len(axes)}, and {n} are needed")
    return axes


def pair() -> np.ndarray:
    """Two axes of a new figure, one above the other."""
    from matplotlib import pyplot

    _, axes = pyplot.subplots(
        2, 1, sharex=True, figsize=(9, 4.5), height_ratios=(3, 1), layout="constrained"
    )
    return axes


def row_of(n: int) -> np.ndarray:
    """Axes of a new figure, side by side."""
    from matplotlib import pyplot

    _, axes = pyplot.subplots(
        1, n, figsize=(3.3 * n, 3.6), layout="constrained", squeeze=False
    )
    return axes[0]
