"""What a run on given spectra found, in words.

The words follow from the numbers of the run: which label is measured, which method is
better, which uncertainty is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Row, Table

from mdwarfs.given.doubts import doubts
from mdwarfs.given.others import FOUND, REFERENCE
from mdwarfs.given.shifts import shifts_section
from mdwarfs.given.summary import SURE, chance, summary
from mdwarfs.labels import LABELS
from mdwarfs.method_names import HYBRID, SLAM
from mdwarfs.tables.columns import UNCERTAINTIES
from mdwarfs.tables.markdown import grid
from mdwarfs.validation.methods import correlation
from mdwarfs.validation.pulls import BAND

if TYPE_CHECKING:
    from mdwarfs.given.summary import Outcome

RELATED = 0.5  # coefficient of correlation of two reference labels that is worth saying
FEW = 10  # stars, of fewer of which a correlation says nothing
CALLED = {
    SLAM: ("SLAM", ("has", "scatters"), "SLAM"),
    HYBRID: ("the hybrid labels", ("have", "scatter"), "they"),
}
"""A method at the start of a sentence, its verbs, and what it is called after that."""
LISTED = 60  # stars left out that are named one by one; more are counted by reason


def report_text(outcome: Outcome) -> str:
    """The result in words, in Markdown."""
    found = summary(outcome.test, outcome.names)
    parts = [
        f"# {outcome.run}: {len(outcome.labels):,} {outcome.status} spectra",
        *beginning(outcome),
        "## Result",
        "\n".join(result(row) for row in found),
        "## What it says",
        *(meaning(row) for row in found),
        *same_information(outcome.test, outcome.names),
        *methods_section(outcome),
        *pulls_section(outcome),
        *compared_section(outcome),
        *shifts_section(outcome),
        *left_out_section(outcome.labels),
        *doubts_section(outcome),
        "## What a held-out star still touches",
        *still_touches(outcome),
    ]
    return "\n\n".join(parts) + "\n"


def beginning(outcome: Outcome) -> Iterator[str]:
    """How many stars there are, and how SLAM was tested with them."""
    labels = outcome.labels
    n = int(np.sum(labels["labelled"]))
    kind = "The spectra are simulated" if outcome.simulated else "The data are real"
    yield (
        f"{kind}. {n:,} of {len(labels):,} stars are fit for training and testing. "
        f"{tested(outcome.validation, labels)} Differences are SLAM minus reference."
    )
    others = ~np.asarray(labels["labelled"], bool)
    if others.any():
        rest = outcome.predictions[others]
        got = np.isfinite([np.asarray(rest[x], float) for x in outcome.names]).all(0)
        sound = got & (np.asarray(rest["flags"]) == 0)
        yield (
            f"Of the other {int(others.sum()):,}, {int(got.sum()):,} have labels by "
            f"the model of all training stars, {int(sound.sum()):,} without any flag."
        )


def doubts_section(outcome: Outcome) -> Iterator[str]:
    """What is doubtful in the table that was given, if anything is."""
    found = doubts(outcome.labels, outcome.names)
    if found:
        yield "## What is doubtful in the table"
        yield "\n".join(f"- {one}." for one in found)


def tested(validation: str | int, labels: Table) -> str:
    """How the stars were tested, in a sentence."""
    if validation == "leave-one-out":
        return "Each is predicted by a model that was trained on the others."
    if validation == "split":
        role = np.asarray(labels["role"])[np.asarray(labels["labelled"], bool)]
        return (
            f"{np.sum(role == 'train'):,} train, {np.sum(role == 'test'):,} test: "
            "these are predicted by a model that has not seen them."
        )
    return (
        f"They are divided into {validation} parts at random, each predicted by a "
        "model that was trained on the others."
    )


def result(row: Row) -> str:
    """The numbers of one label as a line of a list."""
    label = LABELS[row["label"]]
    unit, form = label.unit, label.form
    parts = [
        f"- **{label.short}** ({row['n']:,} stars): "
        f"median {row['median']:+{form}} {unit}",
        f"standard deviation {row['std']:{form}} ± {row['e_std']:{form}} {unit} "
        f"(robust {row['robust_std']:{form}}); the labels' own standard deviation is "
        f"{row['std_labels']:{form}} {unit} (robust {row['robust_std_labels']:{form}})",
    ]
    line = f"slope {row['slope']:+.2f} ± {row['e_slope']:.2f}"
    return f"{', '.join(parts)}; {line}, correlation {row['correlation']:.2f}."


def meaning(row: Row) -> str:
    """Whether one label is measured, in a sentence or two."""
    label = LABELS[row["label"]]
    unit, form = label.unit, label.form
    numbers = (
        f"The differences scatter by {row['std']:{form}} {unit} (robust "
        f"{row['robust_std']:{form}}), the labels themselves by "
        f"{row['std_labels']:{form}} {unit} (robust {row['robust_std_labels']:{form}})"
    )
    if row["detected"] == "yes":
        return f"{label.short} is measured. {numbers}."
    by_chance = chance(row["n"])
    related = (
        f"The correlation is {row['correlation']:.2f}; unrelated values have "
        f"0.00 ± {by_chance:.2f}"
    )
    unrelated = not row["correlation"] > SURE * by_chance
    if unrelated and row["detected"] == "no":
        return f"**{label.short} is no detection.** {numbers}. {related}."
    measure = "" if row["detected"] == "no" else "by one of the two measures, "
    worse = (
        f"{numbers}: {measure}the mean of the labels, given to every star, would do no "
        "worse."
    )
    if unrelated:
        return f"**{label.short} is no detection.** {worse} {related}."
    return (
        f"**{label.short} is hardly measured.** {worse} {related}: something of it "
        "is found, with errors as large as the spread of the labels, or larger."
    )


def same_information(test: Table, names: Sequence[str]) -> Iterator[str]:
    """How far the reference values of one label follow from those of another."""
    for one, other in combinations(names, 2):
        values = np.array([test[f"{one}_ref"], test[f"{other}_ref"]], float)
        values = values[:, np.isfinite(values).all(axis=0)]
        r = correlation(*values)
        if abs(r) >= RELATED:
            one, other = LABELS[one].short, LABELS[other].short
            yield (
                f"The reference values of {one} and {other} have a correlation of "
                f"{r:.2f}: what is said of one is to that extent said of the other."
            )


def methods_section(outcome: Outcome) -> Iterator[str]:
    """SLAM and the hybrid labels beside other methods, and who does better."""
    methods = outcome.methods
    if not len(methods):
        return
    yield "## Beside other methods, on the same stars and parts"
    heads = ["label", "method", "stars", "median", "std", "robust std", "slope"]
    yield grid([*heads, "correlation"], [method_line(row) for row in methods])
    yield least(methods)
    for label in dict.fromkeys(str(x) for x in methods["label"]):
        rows = methods[np.asarray(methods["label"]) == label]
        yield ranking(rows, SLAM)
        if HYBRID in rows["method"]:
            yield ranking(rows, HYBRID)


def least(methods: Table) -> str:
    """Which method scatters least in each label, in a sentence."""
    winners = {}
    for label in dict.fromkeys(str(x) for x in methods["label"]):
        rows = methods[np.asarray(methods["label"]) == label]
        spread = np.asarray(rows["robust_std"], float)
        if np.isfinite(spread).any():
            best = str(rows["method"][np.nanargmin(spread)])
            winners.setdefault(best, []).append(LABELS[label].short)
    said = [f"{name} in {joined(labels)}" for name, labels in winners.items()]
    return f"**Robustly, the least scatter has: {'; '.join(said)}.**"


def method_line(row: Row) -> list[str]:
    """One row of the table of methods, as text."""
    label = LABELS[row["label"]]
    form = label.form
    r = row["correlation"]
    return [
        f"{label.short} ({label.unit})" if label.unit else label.short,
        row["method"],
        f"{row['n']:,}",
        f"{row['median']:+{form}}",
        f"{row['std']:{form}} ± {row['e_std']:{form}}",
        f"{row['robust_std']:{form}} ± {row['e_robust_std']:{form}}",
        f"{row['slope']:+.2f} ± {row['e_slope']:.2f}",
        f"{r:.2f}" if np.isfinite(r) else "",
    ]


def ranking(rows: Table, whose: str) -> str:
    """Which methods scatter less in one label than a given one, and which more.

    Parameters
    ----------
    rows
        Of one label.
    whose
        `SLAM` or `HYBRID`.
    """
    label = LABELS[rows["label"][0]]
    unit, form = label.unit, label.form
    called, verb, than = CALLED[whose]
    by = {str(row["method"]): row for row in rows}
    if whose not in by or len(by) < 2:
        return f"{label.short}: {called} {verb[0]} nothing to be held against."
    own = by.pop(whose)
    groups = {"less": [], "as much": [], "more": []}
    for name, row in sorted(by.items(), key=lambda item: item[1]["robust_std"]):
        groups[against(row, own)].append(f"{name} ({row['robust_std']:{form}} {unit})")
    said = [
        f"{joined(names)} {'scatters' if len(names) == 1 else 'scatter'} {what}"
        for names, what in (
            (groups["less"], f"**less than {than}**"),
            (groups["as much"], f"as much as {than}, within the errors"),
            (groups["more"], "more"),
        )
        if names
    ]
    return (
        f"{label.short}: robustly, {called} {verb[1]} by {own['robust_std']:{form}} "
        f"{unit}; {'; '.join(said)}."
    )


def against(row: Row, own: Row) -> str:
    """Whether a method scatters less than another, more, or as much within errors."""
    difference = row["robust_std"] - own["robust_std"]
    error = np.hypot(row["e_robust_std"], own["e_robust_std"])
    if abs(difference) <= error:
        return "as much"
    return "less" if difference < 0 else "more"


def joined(names: Sequence[str]) -> str:
    """Names as a list in a sentence."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def pulls_section(outcome: Outcome) -> Iterator[str]:
    """Whether the uncertainties mean what they say."""
    whole = outcome.pulls[np.asarray(outcome.pulls["bin"]) == 0]
    if not len(whole):
        return
    yield "## Uncertainties"
    yield (
        "Standard deviation (robust) of the differences over each uncertainty; 1 is "
        "right. Only stars count whose labels are usable by their flags, and whose "
        "reference labels lie in the usable range. The power laws and calibrations of "
        "a star's pulls were fitted to other stars. The references' own errors are "
        "added in quadrature to the formal and the calibrated uncertainty, where they "
        "are known; those that they do not state make the pulls wider. Below, `by SNR` "
        "gives the smallest and the largest standard deviation in a bin."
    )
    names = list(UNCERTAINTIES)
    lines = []
    for label in dict.fromkeys(str(x) for x in whole["label"]):
        own = whole[np.asarray(whole["label"]) == label]
        by = {str(row["uncertainty"]): row for row in own}
        n = max(int(row["n"]) for row in own)
        cells = [
            f"{by[x]['std']:.2f} ± {by[x]['e_std']:.2f} ({by[x]['robust_std']:.2f})"
            if x in by
            else "too few stars"
            for x in names
        ]
        lines.append([LABELS[label].short, f"{n:,}", *cells])
    yield grid(["label", "stars", *names], lines)
    for name in names:
        yield widths(
            outcome.pulls[np.asarray(outcome.pulls["uncertainty"]) == name], name
        )


def widths(rows: Table, name: str) -> str:
    """Of which labels an uncertainty is right, too small and too large."""
    low, high = BAND
    groups = {"right": [], "too small": [], "too large": []}
    for row in rows[np.asarray(rows["bin"]) == 0]:
        width = row["robust_std"]
        if not np.isfinite(width):
            continue
        what = "too small" if width > high else "too large" if width < low else "right"
        binned = rows["std"][(rows["label"] == row["label"]) & (rows["bin"] > 0)]
        text = f"{LABELS[row['label']].short} ({width:.2f}"
        if len(binned) > 1:
            text += f"; by SNR {min(binned):.2f} to {max(binned):.2f}"
        groups[what].append(f"{text})")
    said = [f"{what} for {joined(x)}" for what, x in groups.items() if x]
    if not said:
        return f"There are too few stars for the {name} uncertainties."
    return f"The {name} uncertainties are, robustly, {'; '.join(said)}."


def compared_section(outcome: Outcome) -> Iterator[str]:
    """Labels of others for the same stars."""
    compared = outcome.compared
    if compared is None:
        return
    yield "## Labels of others for the same stars"
    if not len(compared):
        yield "None of the stars that they have is among these."
        return
    lines = [
        f"- {compared_line(row)}"
        for row in compared
        if row["n"] or row["compared"] == FOUND
    ]
    yield (
        "SLAM's labels of stars with reference labels are by models that have not seen "
        "the star."
    )
    yield "\n".join(lines)


def compared_line(row: Row) -> str:
    """One comparison, in words."""
    label = LABELS[row["label"]]
    form = label.form
    who = {FOUND: "SLAM", REFERENCE: "reference labels"}[str(row["compared"])]
    sample = {
        "labelled": "stars with all reference labels",
        "other": "other stars",
    }[str(row["sample"])]
    what = f"{label.short}, {who} minus {row['comparison']}, {sample}: "
    if not row["n"]:
        return (
            f"{what}none of {row['n_all']:,} converged within the usable range (all: "
            f"median {row['median_all']:+{form}} {label.unit})."
        )
    text = f"{what}median {row['median']:+{form}} {label.unit}"
    if np.isfinite(row["std"]):
        text += (
            f", standard deviation {row['std']:{form}} {label.unit} (robust "
            f"{row['robust_std']:{form}})"
        )
    if row["n"] >= FEW and np.isfinite(row["correlation"]):
        text += f", correlation {row['correlation']:.2f}"
    return (
        f"{text} ({row['n']:,} of {row['n_all']:,} stars are within the usable range)."
    )


def left_out_section(labels: Table) -> Iterator[str]:
    """Who is not used for training and testing, and why."""
    left_out = labels[np.asarray(labels["reason"]) != ""]
    if not len(left_out):
        return
    yield f"## Stars that are not used for training ({len(left_out)} of {len(labels)})"
    if len(left_out) <= LISTED:
        yield "\n".join(f"- {star_name(star)}: {star['reason']}" for star in left_out)
        return
    alike = Counter(
        re.sub(r"[-+]?\d+(?:\.\d+)?", "…", str(reason)) for reason in left_out["reason"]
    )
    yield "\n".join(f"- {n:,} stars: {reason}" for reason, n in alike.most_common())


def star_name(star: Row) -> str:
    """What a star is called: by its table, or else its number."""
    name = str(star["id"]) if "id" in star.colnames else ""
    return name or str(star["source_id"])


def still_touches(outcome: Outcome) -> Iterator[str]:
    """What a held-out star has had a part in."""
    if outcome.validation == "split":
        yield (
            "The test stars have no part in the model. The labels of training stars "
            "that calibrate the uncertainties come from models fitted without them, "
            "whose hyperparameters were chosen with them."
        )
    else:
        yield (
            "The hyperparameters of every model were chosen with its own training "
            "stars alone: a held-out star has no part in the model that predicts it."
        )
    if outcome.velocity == "others":
        yield (
            "The spectra are shifted to rest once, for the whole sample. The velocity "
            "of a star is measured against the median spectrum of the other stars; "
            "that of a training star hence against a median of which the held-out star "
            "is a part. No label enters."
        )
    yield (
        "The power laws and the calibration that the catalogue gives are fitted to all "
        "stars that were held out; only for the pulls are they fitted without."
    )
