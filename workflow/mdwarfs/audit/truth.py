"""The section of the audit's text on recovered labels against the injected ones."""

import numpy as np

from mdwarfs.audit.markdown import grid, number

# Uncertainties in which the errors are measured: columns of `recovery`, and words.
PULLS = {"pull": "published", "formal_pull": "formal"}
HEADS = ("label", "unit", "stars", "SNR", "bias", "± bias", "scatter", "robust scatter")
UNITS = {"feh": "dex", "feh_niu": "dex", "alpha_m": "dex", "teff": "K", "logg": "dex"}
SAMPLES = {"other": "Stars that SLAM has not seen", "train": "Training stars"}


def recovered(run):
    """Bias, scatter and pull of every label against the truth.

    Parameters
    ----------
    run : mdwarfs.audit.run.Run

    Returns
    -------
    list of str
        Paragraphs of Markdown with a heading; none unless the run has a `recovery`.
    """
    if "recovery" not in run.tables:
        return []
    recovery = run.table("recovery")
    pulls = [name for name in PULLS if f"{name}_std" in recovery.colnames]
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
        parts += [f"### {title}", _table(everything, pulls)]
        if sample == "other":
            parts += [_ends(own, pulls), _says(own[np.asarray(own["bin"]) > 0], pulls)]
    return parts


def _table(rows, pulls):
    """A line of Markdown for each row of `recovery`."""
    heads = [f"pull, {PULLS[name]}{what}" for name in pulls for what in ("", ", width")]
    lines = []
    for row in rows:
        values = [row["n"], row["snr"], row["median"], row["e_median"]]
        values += [row["std"], row["robust_std"]]
        for name in pulls:
            values += [row[f"{name}_median"], row[f"{name}_std"]]
        label = str(row["label"])
        lines.append([label, UNITS[label], *(number(value) for value in values)])
    return grid([*HEADS, *heads], lines)


def _ends(rows, pulls):
    """The same for the SNR bins of lowest and of highest SNR."""
    chosen = []
    for label in dict.fromkeys(rows["label"]):
        own = (np.asarray(rows["label"]) == label) & (np.asarray(rows["bin"]) > 0)
        bins = rows[own]
        if len(bins):
            chosen += [bins[np.argmin(bins["snr"])], bins[np.argmax(bins["snr"])]]
    return "The bins of lowest and of highest SNR:\n\n" + _table(chosen, pulls)


def _says(bins, pulls):
    """Why neither uncertainty is right, with the pulls that show it."""
    text = (
        "**Neither uncertainty is right.** The published ones, power laws of SNR, are "
        "too large: they are the scatter against known labels, so they contain the "
        "errors of these labels, which are not SLAM's. Over all labels and SNR bins "
        f"their pulls have widths of {_extremes(bins, 'pull')}; above 1 are those bins "
        "in which the scatter exceeds its law by more than that, as a law from few "
        "stars lets it. The formal ones, from the noise of the pixels alone, are too "
        "small, most of all at high SNR, where the errors of the model, of the "
        "continuum and of the training labels outweigh that noise"
    )
    if "formal_pull" not in pulls:
        return text + "; this run's `recovery` does not measure them."
    return text + f". Their pulls have widths of {_extremes(bins, 'formal_pull')}."


def _extremes(bins, name):
    """Smallest and largest width of a pull."""
    widths = np.asarray(bins[f"{name}_std"], float)
    widths = widths[np.isfinite(widths)]
    if not len(widths):
        return "unknown size"
    return f"{np.min(widths):.2f} to {np.max(widths):.2f}"
