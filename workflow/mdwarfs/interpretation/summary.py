"""The results on what the model knows, in words."""

import numpy as np
from astropy.table import Table

from mdwarfs.interpretation.windows import ALL, ONLY, WITHOUT
from mdwarfs.labels import LABELS, QUANTITIES
from mdwarfs.tables.markdown import grid

TOP = 8  # bins that are listed

UNKNOWN = (
    "Nowhere, as far as this model knows: what two halves of its training stars say of "
    "{}, or of the labels that imitate it, does not agree."
)
SIMULATED = (
    "**Simulated.** The flux of these stars answers to their labels as the simulation "
    "makes it. This shows what SLAM learns of that, and says nothing of real stars."
)


def report(
    sensitivity: Table,
    information: Table,
    pixels: Table,
    windows: Table | None,
    injected: Table | None,
    snr: float,
) -> str:
    """The answer in Markdown.

    Parameters
    ----------
    sensitivity, information, pixels
        From the modules of these names.
    windows
        Likewise; None where there are no test stars.
    injected
        From `mdwarfs.recovery.slopes`; None unless the run is simulated.
    snr
        Signal-to-noise ratio that the information is for.
    """
    told = list(dict.fromkeys(information["label"]))
    lead = "feh" if "feh" in told else told[0]
    parts = ["# What the model knows"]
    if injected is not None:
        parts.append(SIMULATED)
    parts += [
        f"## Where {'metallicity' if lead == 'feh' else LABELS[lead].short} comes from",
        *sources(information, lead),
        f"## Errors at a signal-to-noise ratio of {snr:g} per pixel",
        errors(information),
        "Formal: noise of the spectrum and variance of the model, no errors of the "
        "training labels. None: the labels are degenerate there. Two halves of the "
        "training stars do not agree on how the flux answers to the label or, where "
        "the others are free, to some combination of these.",
    ]
    if injected is not None:
        found = learnt(sensitivity, injected)
        parts += ["## How well the model has learnt the slopes", found]
    if windows is not None:
        parts += ["## What a window is worth", *worth(windows, lead)]
    parts += ["## Pixels", explained(pixels)]
    return "\n\n".join(parts) + "\n"


def sources(information: Table, label: str) -> list[str]:
    """The bins that tell a label, as paragraphs and a table."""
    bins = mean_shares(information, label)
    short = LABELS[label].short
    if not bins["free"].any():
        return [UNKNOWN.format(short)]
    order = np.argsort(-bins["free"], kind="stable")
    total = np.cumsum(bins["free"][order])
    half = int(np.searchsorted(total, 0.5)) + 1
    rows = [
        (f"{bins['low'][i]:.0f}-{bins['high'][i]:.0f}", f"{100 * bins['free'][i]:.1f}")
        + (f"{100 * bins['known'][i]:.1f}", bins["features"][i])
        for i in order[:TOP]
    ]
    others = np.argsort(-bins["known"], kind="stable")[:3]
    return [
        f"Half of the information on {short} that a star's other labels cannot imitate "
        f"is in {half} of {len(order)} bins; the first {len(rows)} are these (shares "
        "in per cent, mean of the temperatures that tell it; wavelengths in vacuum).",
        grid(("Angstrom", "others free", "others known", "features"), rows),
        "If the other labels were known, most would come from "
        + "; ".join(
            f"{bins['low'][i]:.0f}-{bins['high'][i]:.0f} ({bins['features'][i]}: "
            f"{100 * bins['known'][i]:.1f} %, against {100 * bins['free'][i]:.1f} %)"
            for i in others
        )
        + ".",
    ]


def mean_shares(information: Table, label: str) -> dict[str, np.ndarray]:
    """Shares of the bins for one label, averaged over the temperatures that tell it.

    Returns
    -------
    entries
        `low`, `high` [Angstrom], `features`, `free`, `known`.
    """
    part = information[information["label"] == label]
    first = part[part["teff"] == part["teff"][0]]
    shape = -1, len(first)
    free = np.reshape(part["share_free"], shape)
    tells = free.any(1)
    return {
        "low": np.asarray(first["wave_min"]),
        "high": np.asarray(first["wave_max"]),
        "features": np.array(
            [text or "no known feature" for text in first["features"]]
        ),
        "free": free[tells].mean(0) if tells.any() else np.zeros(len(first)),
        "known": np.reshape(part["share"], shape).mean(0),
    }


def errors(information: Table) -> str:
    """The errors that all pixels give, as a table."""
    last = information["wave_max"] == information["wave_max"].max()
    rows = []
    for row in information[last]:
        form = LABELS[row["label"]].form
        rows.append(
            (
                f"{row['teff']:.0f}",
                f"{LABELS[row['label']].short} ({LABELS[row['label']].unit})",
            )
            + tuple(
                f"{row[x]:{form}}" if np.isfinite(row[x]) else "none"
                for x in ("error", "error_free")
            )
        )
    return grid(("Teff (K)", "label", "others known", "others free"), rows)


def learnt(sensitivity: Table, injected: Table | None) -> str:
    """The model's slopes against those of the simulated stars, as a table."""
    names = [name for name in QUANTITIES if f"d_{name}" in sensitivity.colnames]
    rows = []
    for teff in np.unique(sensitivity["teff"]):
        part, given = (t[t["teff"] == teff] for t in (sensitivity, injected))
        row = [f"{teff:.0f}"]
        for name in names:
            found = np.asarray(part[f"d_{name}"])
            put_in = np.asarray(given[f"injected_{name}"])
            known = np.isfinite(found)
            row.append(f"{np.corrcoef(found[known], put_in[known])[0, 1]:.2f}")
        rows.append(row)
    return (
        "Correlation over the pixels of the model's slopes with those of the simulated "
        "stars:\n\n" + grid(("Teff (K)", *(LABELS[name].short for name in names)), rows)
    )


def worth(windows: Table, label: str) -> list[str]:
    """What a label loses with each window, as paragraphs and a table."""
    part = windows[windows["label"] == label]
    short, unit = LABELS[label].short, LABELS[label].unit
    whole, without, only = (part[part["pixels"] == x] for x in (ALL, WITHOUT, ONLY))
    form = LABELS[label].form
    rows = [
        (f"{out['wave_min']:.0f}-{out['wave_max']:.0f}", f"{out['robust_std']:{form}}")
        + (f"{out['shift_std']:{form}}", f"{out['bias']:+{form}}")
        + (f"{alone['robust_std']:{form}}", f"{alone['bias']:+{form}}")
        for out, alone in zip(without, only)
    ]
    most = without[np.argmax(without["shift_std"])]
    best = only[np.argmin(only["robust_std"])]
    return [
        f"{short} of {whole['n'][0]} test stars by maximum posterior, SLAM minus "
        f"reference [{unit}]. From all pixels: median {whole['bias'][0]:+{form}}, "
        f"robust scatter {whole['robust_std'][0]:{form}}, which contains the errors of "
        f"the reference; median formal error {whole['formal'][0]:{form}}.",
        grid(
            ("window", "scatter without", "change", "bias without")
            + ("scatter alone", "bias alone"),
            rows,
        ),
        f"{short} changes most without {most['wave_min']:.0f}-{most['wave_max']:.0f} A "
        f"(by {most['shift_std']:{form}}, robust); the window that does best alone is "
        f"{best['wave_min']:.0f}-{best['wave_max']:.0f} A.",
    ]


def explained(pixels: Table) -> str:
    """How much of the flux the labels explain, in a paragraph."""
    r2, noiseless = np.asarray(pixels["r2"]), np.asarray(pixels["r2_noiseless"])
    differ = np.isfinite(noiseless)
    text = (
        f"The labels explain {100 * np.nanmedian(r2):.1f} % of the variance of the "
        f"observed flux in the median pixel, and {100 * np.nanmax(r2):.0f} % in the "
        "best: the rest is noise and what the labels do not say. "
    )
    if not differ.any():
        return text + "In no pixel do the stars differ beyond their noise."
    return text + (
        f"In {differ.sum()} of {len(r2)} pixels the stars differ beyond their noise; "
        f"there the labels explain {100 * np.median(noiseless[differ]):.0f} % of the "
        "difference in the median pixel."
    )
