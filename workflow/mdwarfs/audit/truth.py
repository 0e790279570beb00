"""The section of the audit's text on recovered labels against the injected ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.labels import LABELS
from mdwarfs.tables.markdown import grid, number
from mdwarfs.validation.pulls import BAND, PULLS

if TYPE_CHECKING:
    from mdwarfs.audit.run import Run


HEADS = ("label", "unit", "stars", "SNR", "bias", "± bias", "scatter", "robust scatter")
SAMPLES = {"other": "Stars that SLAM has not seen", "train": "Training stars"}


def recovered(run: Run) -> list[str]:
    """Bias, scatter and pull of every label against the truth.

    Returns
    -------
    entries
        Paragraphs of Markdown with a heading; none unless the run has a `recovery`.
    """
    if "recovery" not in run.tables:
        return []
    recovery = run.table("recovery")
    parts = [
        "## Recovered against the truth",
        "Recovered minus injected, of stars within the usable range whose fit "
        "converged. A pull is this error in units of the star's uncertainty, "
        "by its median and robust standard deviation; where the uncertainty "
        "is right, they are 0 and 1.",
    ]
    for sample, title in SAMPLES.items():
        own = recovery[np.asarray(recovery["sample"]) == sample]
        everything = own[np.asarray(own["bin"]) == 0]
        parts += [f"### {title}", _table(everything)]
        if sample == "other":
            parts += [_ends(own), _says(own[np.asarray(own["bin"]) > 0])]
    return parts


def _table(rows):
    """A line of Markdown for each row of `recovery`."""
    words = PULLS.values()
    heads = [f"pull, {name}{what}" for name in words for what in ("", ", width")]
    lines = []
    for row in rows:
        values = [row["n"], row["snr"], row["median"], row["e_median"]]
        values += [row["std"], row["robust_std"]]
        for name in PULLS:
            values += [row[f"{name}_median"], row[f"{name}_std"]]
        label = str(row["label"])
        lines.append([label, LABELS[label].unit, *(number(value) for value in values)])
    return grid([*HEADS, *heads], lines)


def _ends(rows):
    """The same for the SNR bins of lowest and of highest SNR."""
    chosen = []
    for label in dict.fromkeys(rows["label"]):
        own = (np.asarray(rows["label"]) == label) & (np.asarray(rows["bin"]) > 0)
        bins = rows[own]
        if len(bins):
            chosen += [bins[np.argmin(bins["snr"])], bins[np.argmax(bins["snr"])]]
    return "The bins of lowest and of highest SNR:\n\n" + _table(chosen)


def _says(bins):
    """What is to be thought of each uncertainty, with the pulls that show it."""
    return (
        "**In this survey the power laws are too large, the formal errors too small.** "
        "The power laws of SNR are the scatter against reference labels, so they "
        "contain the errors of these labels, which are not SLAM's. Those were put in, "
        "as large as docs/simulation.md says: this is no finding about the sky. "
        "Over all labels and SNR bins "
        f"their pulls have widths of {_extremes(bins, 'pull')}; above 1 are those bins "
        "in which the scatter exceeds its law by more than that, as a law from few "
        "stars lets it. The formal errors, from the noise of the pixels alone, are too "
        "small, most of all at high SNR, where the errors of the model, of the "
        "continuum and of the training labels outweigh that noise. Their pulls have "
        f"widths of {_extremes(bins, 'formal_pull')}. The calibrated ones, `sigma_*`, "
        "are fitted to labels from models that have not seen the star, less the errors "
        f"of the known labels: widths of {_extremes(bins, 'calibrated_pull')}."
    )


def _extremes(bins, name):
    """Smallest and largest width of a pull."""
    widths = np.asarray(bins[f"{name}_std"], float)
    widths = widths[np.isfinite(widths)]
    if not len(widths):
        return "unknown size"
    return f"{np.min(widths):.2f} to {np.max(widths):.2f}"


def pull_widths(run: Run) -> list[str]:
    """Standard deviation of the pulls in each SNR bin, and where it is as it should be.

    Returns
    -------
    entries
        Paragraphs of Markdown with a heading; none unless the run has `pulls`.
    """
    if "pulls" not in run.tables:
        return []
    table = run.table("pulls")
    bins = table[np.asarray(table["bin"]) > 0]
    if not len(bins):
        return []
    low, high = BAND
    lines, verdicts = [], {}
    for name in dict.fromkeys(bins["uncertainty"]):
        own = bins[np.asarray(bins["uncertainty"]) == name]
        std, error = np.asarray(own["std"]), np.asarray(own["e_std"])
        inside = (std >= low) & (std <= high)
        # A width that differs from 1 by no more than chance lets it is not a fault.
        near = np.abs(std - 1) <= 2 * error
        verdicts[name] = (
            f"{name} {np.sum(inside)} (or by chance {np.sum(inside | near)})"
        )
        for label in dict.fromkeys(own["label"]):
            widths = own["std"][np.asarray(own["label"]) == label]
            lines.append([str(label), str(name), *(f"{width:.2f}" for width in widths)])
    number_of_bins = max(bins["bin"])
    snr = [
        f"SNR {np.median(bins['snr'][np.asarray(bins['bin']) == number]):.1f}"
        for number in range(1, number_of_bins + 1)
    ]
    return [
        "## Pulls against the truth",
        "Standard deviation (outliers included) of recovered minus injected over the "
        "uncertainty, for stars that SLAM has not seen, within the usable range in "
        "truth and as recovered; unresolved binaries are left out.",
        grid(("label", "uncertainty", *snr), lines),
        f"Of {len(own)} labels and bins, between {low} and {high}: "
        f"{', '.join(verdicts.values())}.",
    ]
