"""Whether a run would notice shifted spectra: wrong velocities, air for vacuum.

The limits of the flag `velocity` are learnt from the training stars. Few stars, or wide
pixels, make them wide, and a spectrum that is shifted by less has no flag.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.statistics import summarise

if TYPE_CHECKING:
    from mdwarfs.given.summary import Outcome

AIR = 80.0
"""How far wavelengths in air that are taken for vacuum are off [km/s]."""

SHIFTED = AIR / 2
"""Shift of a star against its best model that is worth looking at [km/s] ..."""

SHARP = AIR / 8
"""... where those of most stars scatter by less [km/s]."""

LISTED = 10  # stars that are named


def limits_of_velocity(outcome: Outcome) -> tuple[float, float]:
    """Shifts beyond which a star of median SNR is flagged [km/s]; infinite if none."""
    limits = outcome.limits[np.asarray(outcome.limits["measure"]) == "v_offset"]
    if not len(limits):
        return -np.inf, np.inf
    row = limits[0]
    width = np.exp(row["width"])
    return row["level"] - row["below"] * width, row["level"] + row["above"] * width


def shifts_section(outcome: Outcome) -> Iterator[str]:
    """What shift is flagged, and whether air would be."""
    yield "## Velocities and wavelengths"
    low, high = limits_of_velocity(outcome)
    if not np.isfinite([low, high]).all():
        yield (
            "**No shift of a spectrum is flagged** (`velocity`): there are too few "
            f"training stars to say what is unusual. {unseen()}"
        )
    else:
        said = (
            "A star of median SNR is flagged (`velocity`) if it is shifted against its "
            f"best model by less than {low:+.0f} or more than {high:+.0f} km/s."
        )
        if low > -AIR and high < AIR:
            yield said
            return
        yield f"{said} **These limits are wide.** {unseen()}"
    yield from suspects(outcome)


def unseen() -> str:
    """What nobody notices then, and how to make sure."""
    return (
        f"Wavelengths in air that are taken for vacuum are off by {AIR:.0f} km/s, and "
        "pass without a flag, as do wrong velocities of that size: look into the files "
        "for what their wavelengths are. If those of all spectra are shifted alike, "
        "nothing here can tell; spectra of another origin that are labelled later will "
        "be off."
    )


def suspects(outcome: Outcome) -> Iterator[str]:
    """Stars that are shifted against the others, where these agree."""
    offset = np.asarray(outcome.predictions["v_offset"], float)
    spread = summarise(offset[np.isfinite(offset)])
    if not spread.robust_std < SHARP:
        return
    off = np.flatnonzero(np.abs(offset - spread.median) > SHIFTED)
    if not len(off):
        yield (
            f"No star is shifted by more than {SHIFTED:.0f} km/s against the others "
            "(`v_offset`)."
        )
        return
    names = [str(outcome.labels["id"][k]) for k in off[:LISTED]]
    said = [f"{x} ({offset[k]:+.0f} km/s)" for x, k in zip(names, off)]
    more = ", ..." if len(off) > LISTED else ""
    yield (
        f"**Shifted by more than {SHIFTED:.0f} km/s against the others** (`v_offset`): "
        f"{', '.join(said)}{more}. Their velocities or wavelengths are wrong, or they "
        "are no such stars."
    )
