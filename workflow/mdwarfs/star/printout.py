"""Describe one star in words and numbers, for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.labels import LABELS

if TYPE_CHECKING:
    from astropy.table import Row

    from mdwarfs.star.one import Star
    from mdwarfs.star.posterior import LabelPosterior

NONE = "\u2013"
TITLES = (
    "", "SLAM", "power law", "calibrated", "formal", "hybrid", "without prior",
    "reference", "truth", "usable range",
)  # fmt: skip
"""Of the columns of `cells`."""
UNCERTAINTIES = 2, 3, 4
"""Those of them that are uncertainties (1 sigma) of SLAM."""
ROLES = {"train": "training star", "test": "test star"}


def writer(label: str) -> Callable[[float], str]:
    """What writes values of a label, a null as a dash."""
    form = LABELS[label].form if label in LABELS else ".3f"

    def write(value):
        if not np.isfinite(value):
            return NONE
        text = format(float(value), form)
        return text.replace("-", "\u2212") if float(text) else text.lstrip("-")

    return write


def cells(row: Row, symbol: str) -> list:
    """The texts of a row of `Star.labels`, in the order of `TITLES`.

    Parameters
    ----------
    symbol
        Of the label.
    """
    write = writer(row["label"])

    def pair(value, error):
        if not np.isfinite(row[value]):
            return NONE
        known = np.isfinite(row[error])
        return write(row[value]) + (f" \u00b1 {write(row[error])}" if known else "")

    unit = f" ({row['unit']})" if row["unit"] else ""
    usable = np.isfinite(row["low"]) and np.isfinite(row["high"])
    return [
        symbol + unit,
        write(row["value"]),
        write(row["e_value"]),
        write(row["sigma_value"]),
        write(row["formal_e_value"]),
        pair("hybrid", "e_hybrid"),
        pair("hybrid_flat", "e_hybrid_flat"),
        pair("reference", "e_reference"),
        write(row["truth"]),
        f"{write(row['low'])} to {write(row['high'])}" if usable else NONE,
    ]


def columns(star: Star) -> list:
    """Numbers of the columns of `TITLES` that say anything of a star."""
    rows = [cells(row, "") for row in star.labels]
    return [k for k in range(len(TITLES)) if k < 2 or any(r[k] != NONE for r in rows)]


def measures(star: Star) -> Iterator[str]:
    """Yield what is said of the fit."""
    found = star.measures
    yield f"SNR {star.snr:.1f} a pixel"
    if star.extrapolated:
        yield "outside the SNR of the test stars: the power law is extrapolated"
    if star.reason:
        return
    if "chi2" in found:
        dof = max(found.get("dof", 0), 1)
        ratio = found["chi2"] / dof
        yield f"chi2 / dof = {found['chi2']:.0f} / {dof:.0f} = {ratio:.2f}"
    if "n_good" in found:
        dropped = found.get("n_outliers", 0)
        yield f"{found['n_good']:.0f} good pixels, {dropped:.0f} of them dropped"
    if "correlation" in found:
        yield f"correlation with the model {found['correlation']:.2f}"
    if "v_offset" in found:
        yield f"velocity left {found['v_offset']:+.0f} km/s".replace("-", "\u2212")
    if "training_sparseness" in found:
        yield f"distance to training stars {found['training_sparseness']:.2f}"
        yield "(99 % of these have less than 1)"


def minima(posterior: LabelPosterior, symbol: Callable[[str], str]) -> Iterator[str]:
    """Yield depth, share and labels of every minimum, if there are several.

    Parameters
    ----------
    symbol
        From the name of a label to how it is written.
    """
    if len(posterior.minima) == 1:
        yield "one"
        return
    for place, depth, share in zip(posterior.minima, posterior.depth, posterior.share):
        yield f"{depth:.1f} above the deepest, {100 * share:.0f} % of the draws:"
        said = [
            f"{symbol(name)} {writer(name)(value)}"
            for name, value in zip(posterior.names, place)
            if name in ("feh", "teff", "logg")
        ]
        yield "   " + ", ".join(said)


def flags(found: dict[str, str], reason: str = "") -> Iterator[str]:
    """Yield flags in words, each with what it says."""
    if reason:
        yield f"no labels: {reason}"
    for name, text in found.items():
        if not (reason and name == "no_labels"):
            yield f"{name.replace('_', ' ')}: {text}"
    if not found and not reason:
        yield "none"


def recommended(star: Star) -> str:
    """Whether the labels may be used as they are, or why not."""

    def said(yes, found, reason="", judged=True):
        if yes:
            return "yes"
        why = [] if reason else [name.replace("_", " ") for name in found]
        why += ["no labels"] if reason else []
        why += [] if judged or reason else ["limits of the fit not known"]
        if not star.of_one_kind:
            kind = "simulated" if star.simulated_model else "real"
            why.append(f"model of {kind} stars")
        return f"no ({', '.join(why)})"

    own = said(star.recommended, star.flags, star.reason, star.judged)
    if not np.isfinite(star.labels["hybrid"]).any():
        return own
    return f"{own}; hybrid: {said(star.hybrid_recommended, star.hybrid_flags)}"


def short(label: str) -> str:
    """What a label is called in a table of texts."""
    return LABELS[label].short if label in LABELS else label


def printout(star: Star) -> str:
    """All that is known of a star, as text of several lines."""
    others = [f"{what} {name}" for what, name in list(star.names.items())[1:]]
    said = [ROLES[star.role], *others] if star.role in ROLES else others
    lines = [star.title, *textwrap.wrap("; ".join(said), 88)]
    run = f"run {star.run}" if star.run else "a model alone"
    stars = "simulated" if star.simulated else "real"
    model = "simulated stars" if star.simulated_model else "real stars"
    lines += [f"{stars} spectrum; labels by {run}, trained on {model}", ""]
    rows = [list(TITLES), *(cells(row, short(row["label"])) for row in star.labels)]
    kept = columns(star)
    wide = [max(len(row[k]) for row in rows) for k in kept]
    for row in rows:
        texts = (row[k].ljust(width) for k, width in zip(kept, wide))
        lines.append("  ".join(texts).rstrip())
    shown = [TITLES[k] for k in UNCERTAINTIES if k in kept]
    lines += [f"{', '.join(shown)}: uncertainties (1 sigma)"] if shown else []
    lines += [""]

    def block(title, texts):
        first, *rest = texts
        return [f"{title}: {first}", *(f"   {text}" for text in rest)]

    lines += block("recommended", [recommended(star)])
    lines += block("flags", flags(star.flags, star.reason))
    if np.isfinite(star.labels["hybrid"]).any():
        lines += block("flags of the hybrid labels", flags(star.hybrid_flags))
    lines += block("fit", measures(star))
    if star.posterior is not None:
        lines += block("minima of the posterior", minima(star.posterior, short))
    if star.note:
        lines += block("note", [star.note])
    return "\n".join(lines)
