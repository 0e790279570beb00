"""Diagnostic: normalised spectra of the simulation and of real M dwarfs, by type."""

import numpy as np

from mdwarfs.figures import style

# What the eye should find: name, and the band heads or lines [Angstrom, vacuum].
MARKS = (
    ("Ca I", (6104.4, 6123.9)),
    ("TiO", (6188.0, 6222.7)),
    ("CaH", (6383.8,)),
    (r"H$\alpha$", (6564.6,)),
    ("TiO", (6653.3, 6682.9, 6716.3, 6784.7)),
    ("CaH", (6880.0, 6960.0)),
    ("TiO", (7056.2, 7089.6, 7127.6)),
    ("VO", (7407.0,)),
    ("TiO", (7591.7,)),
    ("K I", (7667.0, 7701.1)),
    ("VO", (7899.2,)),
    ("Na I", (8185.5, 8197.1)),
    ("TiO", (8444.6,)),
    ("Ca II", (8500.3, 8544.4, 8664.5)),
    ("TiO", (8862.0,)),
)
GAP = 0.25  # between the spectra
CROSSING = 0.3  # per cent of the pixels that may cross the pair above: H alpha does


@style.styled
def draw(wavelength, simulated, template, names, correlations):
    """Pairs of spectra one below the other, simulated on top of real.

    Parameters
    ----------
    wavelength : ndarray, shape (p,)
        [Angstrom]
    simulated, template : ndarray, shape (n, p)
        Normalised; NaN is not drawn.
    names : sequence of str, length n
        Spectral types.
    correlations : array_like of float, shape (n,)

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = style.new(style.PAGE, 7.4)
    axes = figure.subplots()
    offsets = _offsets(simulated, template)
    top = offsets[0] + np.nanmax([simulated[0], template[0]])
    for row, (offset, name, correlation) in enumerate(
        zip(offsets, names, correlations)
    ):
        axes.plot(wavelength, template[row] + offset, color="black", lw=0.9)
        axes.plot(wavelength, simulated[row] + offset, color=style.RED, lw=0.7)
        axes.text(1.01, offset + 1, name, transform=axes.get_yaxis_transform())
        axes.text(
            1.06, offset + 1, f"{correlation:.3f}", transform=axes.get_yaxis_transform()
        )
    for title, place in (("type", 1.01), ("$r$", 1.06)):
        axes.text(
            place, top + 0.1, title,
            transform=axes.get_yaxis_transform(), color=style.GREY,
        )  # fmt: skip
    _mark(axes, top + 0.1)
    axes.plot([], [], color="black", lw=0.9, label="template")
    axes.plot([], [], color=style.RED, lw=0.9, label="simulated")
    axes.legend(loc="lower center", ncols=2, bbox_to_anchor=(0.5, 0.0))
    axes.set_xlim(wavelength[0], wavelength[-1])
    axes.set_ylim(offsets[-1] + 0.1, top + 0.45)
    axes.set_xlabel(r"Wavelength in vacuum ($\mathrm{\AA}$)")
    axes.set_ylabel("Flux over pseudo-continuum + constant")
    return figure


def _offsets(simulated, template):
    """Shifts that put each pair just below the pair before it, shape (n,)."""
    offsets = [0.0]
    for row in range(1, len(simulated)):
        floor = np.minimum(simulated[row - 1], template[row - 1]) + offsets[-1]
        ceiling = np.maximum(simulated[row], template[row])
        offsets.append(np.nanpercentile(floor - ceiling, CROSSING) - GAP)
    return np.array(offsets)


def _mark(axes, height):
    """Ticks at every head and line, with the name over them."""
    for name, places in MARKS:
        axes.vlines(places, height, height + 0.07, color=style.BLUE, lw=0.7)
        axes.hlines(height + 0.07, min(places), max(places), color=style.BLUE, lw=0.7)
        axes.text(
            np.mean((min(places), max(places))), height + 0.11, name,
            ha="center", va="bottom", fontsize=7, color=style.BLUE,
        )  # fmt: skip
