"""Diagnostic: candidates for metal-poor stars, by motion and by CaH and TiO."""

import numpy as np
from astropy.table import Table
from matplotlib import rcParams
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales
from mdwarfs.figures.style import BLUE, GREY, PAGE, RED, new, styled
from mdwarfs.literature.molecular_indices import CLASSES, ZETAS, Zeta
from mdwarfs.metal_poor.candidates import chosen_by
from mdwarfs.tables.matching import match

LOOKS = {
    "kinematics": dict(marker="o", mfc="none", mec=RED, ms=5, label="by their motion"),
    "indices": dict(marker="D", mfc=BLUE, mec="none", ms=3, label="by CaH and TiO"),
}
REACH = (-450.0, 250.0), (0.0, 450.0)  # of the diagram of Toomre [km/s]
CAH, TIO5 = (0.75, 2.1), (0.05, 1.15)
SHOWN = {"halo": (RED, "o"), "[Fe/H] < -0.6": (GREY, "s"), "[Fe/H] < -1.0": (BLUE, "^")}
"""Colour and marker of the stars that were wanted, of those in the table."""


@styled
def draw(
    kinematics: Table,
    indices: Table,
    locus: Table,
    limits: dict[str, float],
    recovered: Table | None = None,
) -> Figure:
    """Toomre's diagram, TiO5 against CaH2 + CaH3, and what either finds.

    Parameters
    ----------
    kinematics, indices, locus
        See `mdwarfs.metal_poor`.
    limits
        Section `metal_poor` of the configuration.
    recovered
        Of a simulated run: see `mdwarfs.recovery.metal_poor`.
    """
    figure = new(PAGE, 2.9 if recovered is None else 5.5)
    grid = figure.add_gridspec(1 if recovered is None else 2, 2)
    chosen = chosen_by(kinematics, indices)
    own = match(kinematics["source_id"], indices["source_id"])
    _toomre(figure.add_subplot(grid[0, 0]), kinematics, chosen, limits["v_halo_min"])
    _bands(figure.add_subplot(grid[0, 1]), indices, own, chosen, locus)
    if recovered is not None:
        left, right = (figure.add_subplot(grid[1, column]) for column in range(2))
        methods = _shares(left, recovered, "completeness")
        _shares(right, recovered, "purity")
        left.set_yticks(range(len(methods)), methods)
        right.set_yticks(range(len(methods)), [])
        # Markers may be anywhere in both panels.
        figure.legend(
            *left.get_legend_handles_labels(), loc="outside lower center",
            ncols=len(SHOWN), title="wanted (stars)", title_fontsize=7.5,
        )  # fmt: skip
    return figure


def _cloud(panel, x, y):
    """All stars."""
    look = _smaller(1.2, panels.crowded(len(x)) ** 0.5)
    panel.plot(x, y, ".", color=GREY, rasterized=True, zorder=1, **look)


def _look(method, n):
    """How the stars are drawn that a method chooses of n: smaller of many."""
    look = LOOKS[method] | {"rasterized": n > panels.CROWD}
    return look | _smaller(look["ms"], panels.crowded(n) ** 0.25)


def _smaller(size, factor):
    """Size of markers and width of their edges."""
    return {"ms": factor * size, "mew": factor * rcParams["lines.markeredgewidth"]}


def _toomre(panel, table, chosen, limit):
    """V against the rest of the velocity."""
    v = np.asarray(table["v_lsr"])
    rest = np.hypot(table["u_lsr"], table["w_lsr"])
    _cloud(panel, v, rest)
    for method, yes in chosen.items():
        panel.plot(v[yes], rest[yes], ls="none", zorder=3, **_look(method, len(v)))
    angle = np.linspace(0, np.pi, 200)
    for radius, line in ((limit, "-"), (limit / 2, ":")):
        panel.plot(radius * np.cos(angle), radius * np.sin(angle), "k", ls=line, lw=0.7)
        # Where few stars are: on the side that is ahead of the rotation.
        at = radius * np.cos(np.pi / 4) + 5, radius * np.sin(np.pi / 4)
        panel.text(*at, f"{radius:g} km/s", fontsize=7, bbox=notes.SHEET, zorder=2)
    panel.set_xlim(*REACH[0])
    panel.set_ylim(*REACH[1])
    panel.set_xlabel(r"$V_{\rm LSR}$ (km/s)")
    panel.set_ylabel(r"$\sqrt{U^2 + W^2}$ (km/s)")
    panel.legend(loc="upper right")


def _bands(panel, table, own, chosen, locus):
    """TiO5 against CaH2 + CaH3, with lines of equal zeta.

    `own` are the rows of the table that the stars of `chosen` have, -1 without one.
    """
    cah, tio5 = np.asarray(table["cah2"] + table["cah3"]), np.asarray(table["tio5"])
    _cloud(panel, cah, tio5)
    for method, yes in chosen.items():
        rows = own[yes & (own >= 0)]
        look = {**_look(method, len(own)), "label": None}
        panel.plot(cah[rows], tio5[rows], ls="none", zorder=3, **look)
    fitted = Zeta(tuple(np.asarray(locus["coefficient"], float)))
    ends = float(locus["cah_min"][0]), float(locus["cah_max"][0])
    laws = [(fitted, ends, "k", "-"), (ZETAS["zeta"], CAH, BLUE, "--")]
    names = "this run's own stars", "Lépine+2007"
    for (law, reach, colour, line), name in zip(laws, names):
        if not np.all(np.isfinite([*reach, *law.coefficients])):
            continue
        at = np.linspace(*reach, 400)
        at = at[law.solar_tio5(at) < 1]
        for number, zeta in enumerate((1.0, *CLASSES.values())):
            panel.plot(
                at, 1 - zeta * (1 - law.solar_tio5(at)), color=colour, ls=line,
                lw=1.0 if number == 0 else 0.6, zorder=4,
                label=rf"$\zeta$ by {name}" if number == 0 else None,
            )  # fmt: skip
            if law is fitted:
                panel.annotate(
                    f"{zeta:g}", (at[0], 1 - zeta * (1 - law.solar_tio5(at[0]))),
                    xytext=(-2, 0), textcoords="offset points", ha="right",
                    va="center", fontsize=7,
                    bbox=notes.SHEET,
                )  # fmt: skip
    panel.set_xlim(*CAH)
    panel.set_ylim(*TIO5)
    panel.set_xlabel("CaH2 + CaH3")
    panel.set_ylabel("TiO5")
    panel.legend(loc="lower right")


def _shares(panel, table, name):
    """One share of each method, of stars of every SNR; the methods, from the top."""
    every = table[~np.isfinite(scales.float_column(table, "snr_min"))]
    every = every[~np.isfinite(scales.float_column(every, "snr_max"))]
    methods = list(dict.fromkeys(np.asarray(every["method"], str)))
    for k, (wanted, (colour, marker)) in enumerate(SHOWN.items()):
        rows = every[np.asarray(every["wanted"], str) == wanted]
        place = [methods.index(x) + 0.22 * (k - 1) for x in rows["method"]]
        panel.errorbar(
            100 * scales.float_column(rows, name), place,
            xerr=100 * scales.float_column(rows, f"e_{name}"), ls="none", marker=marker,
            ms=4, color=colour, elinewidth=0.8,
            label=f"{wanted} ({rows['n_wanted'][0]})" if len(rows) else wanted,
        )  # fmt: skip
    panel.set_ylim(len(methods) - 0.5, -0.5)
    panel.tick_params(axis="y", which="minor", left=False, right=False)
    panel.set_xlim(-3, 103)
    panel.set_xlabel(f"{name.capitalize()} (per cent)")
    return methods
