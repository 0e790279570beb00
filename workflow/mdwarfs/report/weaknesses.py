"""The known weaknesses of a run, in words that follow from its products."""

from collections.abc import Iterator, Mapping

import numpy as np
from astropy.table import Table

from mdwarfs.audit.ledger import EXPECTED
from mdwarfs.audit.notation import apart
from mdwarfs.labels import LABELS
from mdwarfs.report.cells import signed
from mdwarfs.report.ledger import named
from mdwarfs.report.stars import REFERENCE, ROLES, TRUE
from mdwarfs.slam.infer.flags import DESCRIPTIONS
from mdwarfs.star.printout import writer

FAR = 1.5
"""An uncertainty is called too small if the errors are more than so many of it."""
NOTABLE = 0.1
"""Share of a group of stars whose loss to a criterion is told."""
FEWEST = 20
"""Stars of such a group."""
COOL, WARM = 3300.0, 3600.0
"""Teff [K] below and above which SLAM's errors are told."""
METAL_POOR = "[Fe/H] < -0.8"
"""Which stars are meant, of those of `mdwarfs.recovery.metal_poor`."""


def weaknesses(products: Mapping[str, Table], stamp: dict) -> Iterator[dict]:
    """Every known weakness, as `title` and `text`, and `parts` that are listed.

    Parameters
    ----------
    products
        What the run has of "catalogue", "claims", "pulls", "pulls_of_references",
        "comparisons", "selection", "summary", "recovered" (metal-poor stars) and
        "products"; and "stars", the table of `mdwarfs.report.stars`.
    stamp
        `run` and `simulated`.
    """
    told = (
        _simulated(stamp),
        _claims(products.get("claims"), products.get("stars"), stamp),
        _trained(products["catalogue"], products.get("comparisons")),
        _labels(products.get("summary")),
        _measured(products.get("stars"), products.get("summary")),
        _unlabelled(products["catalogue"]),
        _flagged(products["catalogue"]),
        _formal(products.get("pulls", products.get("pulls_of_references"))),
        _references(),
        _selection(products.get("selection")),
        _metal_poor(products.get("recovered")),
        _problems(products["products"]),
    )
    for found in told:
        if found is not None:
            title, text, *parts = found
            yield {"title": title, "text": text, "parts": parts[0] if parts else []}


def _simulated(stamp):
    if not stamp["simulated"]:
        return None
    return (
        "Nothing here is of the sky",
        "The stars are invented. The run shows whether the workflow finds what was put "
        "in; no number of it says anything about real M dwarfs, and agreement with the "
        "paper's numbers is agreement with what the simulation was made to hold.",
    )


def _claims(claims, stars, stamp):
    if claims is None:
        return None
    if stamp["simulated"]:
        bad = claims[np.asarray(claims["agrees"]) == "no"]
        what = ("number is", "numbers are"), "not what was put in"
    else:
        bad = claims[np.asarray(claims["status"]) == "differs"]
        what = ("number of the paper is", "numbers of the paper are"), "not reproduced"
    if not len(bad):
        return None
    (one, many), rest = what
    title = f"{len(bad)} {one if len(bad) == 1 else many} {rest}"
    if stamp["simulated"]:
        told = [named(signed(apart(row))) for row in bad]
        words = "SLAM's own errors are part of numbers that are differences of labels. "
        return title, words + _errors(stars), told
    of_paper = np.asarray(bad["kind"]) != EXPECTED
    told = [
        f"{row['id']} {named(row['quantity'])}"
        + ("" if printed else " (our expectation)")
        for row, printed in zip(bad, of_paper)
    ]
    return title, f"{'; '.join(told)}. The ledger has both forms."


def _errors(stars):
    """How far SLAM is off cool and warm stars of a simulation, in one sentence."""
    if stars is None or TRUE + "teff" not in stars.colnames:
        return ""
    parts = []
    teff = np.asarray(stars[TRUE + "teff"], float)
    for label in LABELS:
        found, true = _unseen(stars, label, TRUE)
        cool, warm = (found[side] - true[side] for side in (teff < COOL, teff > WARM))
        cool, warm = (x[np.isfinite(x)] for x in (cool, warm))
        if min(len(cool), len(warm)) >= FEWEST:
            said = " and ".join(
                signed(writer(label)(np.median(x))) for x in (cool, warm)
            )
            parts.append(f"{LABELS[label].short} {said} {LABELS[label].unit}".rstrip())
    if not parts:
        return ""
    return (
        f"Its labels less the truth in the median, below {COOL:.0f} and above "
        f"{WARM:.0f} K: {'; '.join(parts)}."
    )


def _unseen(stars, label, prefix):
    """SLAM's labels and others of stars without a flag that it was not trained on."""
    if not {label, prefix + label} <= set(stars.colnames):
        return np.full((2, len(stars)), np.nan)
    use = (np.asarray(stars["flags"]) == 0) & (
        np.asarray(stars["role"]) != ROLES.index("train")
    )
    both = np.array([stars[label], stars[prefix + label]], float)
    return np.where(use & np.isfinite(both).all(axis=0), both, np.nan)


def _measured(stars, summary):
    """Labels of a survey that scatter as much as the stars themselves do.

    A run on given spectra says so in its summary.
    """
    if stars is None or summary is not None:
        return None
    truth = any(name.startswith(TRUE) for name in stars.colnames)
    parts = []
    for label, known in LABELS.items():
        found, true = _unseen(stars, label, TRUE if truth else REFERENCE)
        found, true = (x[np.isfinite(x)] for x in (found, true))
        if len(true) < FEWEST or np.std(found - true) < np.std(true):
            continue
        write = writer(label)
        related = np.corrcoef(found, true)[0, 1]
        unit = f" {known.unit}".rstrip()
        parts.append(
            f"{known.short}: scatter {write(np.std(found - true))}{unit}, spread of "
            f"the stars {write(np.std(true))}{unit}, correlation {related:.2f} "
            f"({len(true):,} stars)"
        )
    if not parts:
        return None
    return (
        "Some labels of SLAM are hardly measured, or not at all",
        f"Against the {'truth' if truth else 'references'}, of stars without a flag "
        "that it was not trained on, these scatter as much as the stars differ: their "
        "mean, given to every star, would be as good.",
        parts,
    )


def _trained(catalogue, comparisons):
    """Training stars whose labels are by the model that was trained on them."""
    if comparisons is None:  # of a run on given spectra
        return None
    own = np.asarray(catalogue["trained_on"])
    rows = comparisons[np.asarray(comparisons["n"] > comparisons["n_unseen"])]
    if not len(rows):
        return None
    parts = []
    for row in rows:
        write, label = writer(row["label"]), LABELS[row["label"]]
        parts.append(
            f"{row['comparison']} {label.short}, {row['n_unseen']:,} of {row['n']:,}: "
            f"median {write(row['median_unseen'])} in place of {write(row['median'])}, "
            f"standard deviation {write(row['std_unseen'])} in place of "
            f"{write(row['std'])} {label.unit}".rstrip()
        )
    return (
        f"{np.sum(own):,} of {len(own):,} stars of the catalogue are training stars",
        "Their SLAM labels are nearer to their reference labels than those of other "
        "stars are (column trained_on). Some are among the stars on which SLAM is "
        "compared with others. Without these:",
        parts,
    )


def _labels(summary):
    """Labels that a run on given spectra hardly measures."""
    if summary is None or "detected" not in summary.colnames:
        return None
    bad = summary[np.asarray(summary["detected"]) == "no"]
    if not len(bad):
        return None
    names = ", ".join(LABELS[x].short if x in LABELS else x for x in bad["label"])
    return (
        f"SLAM hardly measures {names}",
        "Differences from the references scatter as much as the references "
        "themselves: the mean of the labels, given to every star, would do no worse. "
        "Hybrid labels and other methods on the same stars stand among the tables.",
    )


def _unlabelled(catalogue):
    reasons = np.asarray(catalogue["reason"], str)
    lost = reasons[reasons != ""]
    if not len(lost):
        return None
    names, counts = np.unique(lost, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:6]
    return (
        f"{len(lost):,} of {len(catalogue):,} stars have no labels, or not all",
        "Each keeps its row, with the reason:",
        [f"{names[i]}: {counts[i]:,}" for i in order],
    )


def _flagged(catalogue):
    flags = np.asarray(catalogue["flags"])
    counts = {bit: int(np.sum(flags & int(bit) != 0)) for bit in DESCRIPTIONS}
    most = sorted((x for x in counts if counts[x]), key=lambda x: -counts[x])
    if not most:
        return None
    return (
        f"{int(np.sum(flags != 0)):,} of {len(catalogue):,} stars have a flag",
        "A star without a flag is not therefore right. The flags that there are:",
        [
            f"{bit.name.lower().replace('_', ' ')}, {counts[bit]:,}: "
            f"{DESCRIPTIONS[bit]}"
            for bit in most
        ],
    )


def _formal(pulls):
    if pulls is None:
        return None
    whole = pulls[np.asarray(pulls["bin"]) == 0]
    far = whole[np.asarray(whole["std"]) > FAR]
    if not len(far):
        return None
    by_kind = {}
    for row in far:
        short = LABELS[row["label"]].short if row["label"] in LABELS else row["label"]
        by_kind.setdefault(str(row["uncertainty"]), []).append(
            f"{short} by {row['std']:.1f}"
        )
    text = "; ".join(f"{kind}: {', '.join(x)}" for kind, x in by_kind.items())
    return (
        "Some uncertainties are too small",
        f"Over all SNR, {text}. Formal errors know the noise of independent pixels and "
        "no more; use sigma_* where there are any.",
    )


def _references():
    return (
        "The power laws contain the errors of the reference labels",
        "e_* is the scatter against references, which have errors of their own; it is "
        "no error of the label alone, and for comparisons with the paper only.",
    )


def _selection(selection):
    if selection is None:
        return None
    share = np.asarray(selection["share"], float)
    kept = (np.asarray(selection["n"]) >= FEWEST) & (share > NOTABLE)
    if not kept.any():
        return None
    rows = selection[kept]
    row = rows[np.argmax(rows["share"])]
    return (
        "The criteria cost some stars more than others",
        f"{int(kept.sum())} groups of stars, by [Fe/H] and Teff, lose more than "
        f"{NOTABLE:.0%} of their members to a criterion; most, {row['share']:.0%} of "
        f"{row['n']:,}, those of [Fe/H] {row['feh_min']:+.1f} to {row['feh_max']:+.1f} "
        f"and Teff {row['teff_min']:.0f} to {row['teff_max']:.0f} K to "
        f"{str(row['criterion']).replace('_', ' ')}. Whoever counts stars by "
        "metallicity must know it.".replace("-", "−"),
    )


def _metal_poor(recovered):
    found = [
        "Metal-poor stars look metal-rich",
        "What the training set lacks no model knows: labels of metal-poor stars come "
        "out too metal-rich, and not all of these have a flag.",
    ]
    if recovered is None:
        return found
    whole = recovered[
        (np.asarray(recovered["wanted"]) == METAL_POOR)
        & np.isnan(np.asarray(recovered["snr_min"], float))
        & np.isnan(np.asarray(recovered["snr_max"], float))
        & (np.asarray(recovered["n_wanted"]) > 0)
    ]
    if len(whole):
        found[1] += (
            f" Of {whole['n_wanted'][0]} stars of {METAL_POOR} that the model was not "
            "trained on, these are found by each way "
            "(metal_poor/candidates.fits lists what motion, and CaH and TiO, find):"
        ).replace("-", "−")
        found.append([f"{row['method']}: {row['n_found']}" for row in whole])
    return found


def _problems(products):
    bad = products[np.asarray(products["problems"], str) != ""]
    if not len(bad):
        return None
    text = "; ".join(f"{row['path']}: {row['problems']}" for row in bad)
    return f"The audit found problems in {len(bad)} products", text
