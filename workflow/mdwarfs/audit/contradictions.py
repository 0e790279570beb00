"""The paper's contradictions in numbers: what each form gives, and what the run has.

Every function takes the run and returns rows of `Forms`. Contradictions without
numbers have no function.
"""

from dataclasses import dataclass

import numpy as np

from mdwarfs.audit.answers import comparison, cut_count
from mdwarfs.audit.run import NotTestable, Run
from mdwarfs.labels import LABELS
from mdwarfs.literature import mann
from mdwarfs.literature.power_laws import PUBLISHED

BP_RP, J_H = 2.5, 0.6  # a typical M dwarf, for equation 12 [mag]
M_KS = (5.0, 7.0, 9.0)  # for equation 13 [mag]


@dataclass(frozen=True)
class Forms:
    """One quantity by the printed and by the corrected form.

    Attributes
    ----------
    run
        What the run has; NaN where it has no such number.
    """

    quantity: str
    unit: str
    printed: float
    corrected: float
    run: float = np.nan


def power_laws(run: Run) -> list[Forms]:
    """E1: equations 6-8 at the SNR that is printed, 15, and at 10."""
    return [
        Forms(
            f"uncertainty of {label}: equations 6-8 at SNR 15, at SNR 10",
            LABELS[label].unit, float(law.sigma(15)), float(law.sigma(10)),
        )
        for label, law in PUBLISHED.items()
    ]  # fmt: skip


def cv_scatter(run: Run) -> list[Forms]:
    """E2: equation 5 for the test stars, from their number and their scatter."""
    row = run.row("summary", comparison="R1", label="feh")
    n, std = int(row["n"]), float(row["std"])
    return [Forms(f"scatter of {n} test stars in feh", "dex", std / np.sqrt(n), std)]


def colour_teff(run: Run) -> list[Forms]:
    """E3: equation 12 with the powers as printed and as in its source."""
    a, b, c, d, e = mann.TEFF_BP_RP
    x = BP_RP
    j_h = np.polynomial.polynomial.polyval(J_H, mann.TEFF_J_H)
    printed = 3500 * (a + b * x + (c + d + e) * x**2 + j_h)
    corrected = float(mann.teff_from_colours(x, J_H))
    what = f"Teff at BP-RP = {BP_RP}, J-H = {J_H} mag"
    return [Forms(what, "K", float(printed), corrected)]


def radius(run: Run) -> list[Forms]:
    """E4: equation 13 with its last term as printed and as in its source."""
    constant, linear, square = mann.RADIUS
    return [
        Forms(
            f"radius at M_Ks = {m_ks} mag", "Rsun",
            constant + linear * m_ks + square**2,
            float(mann.radius_from_m_ks(m_ks)),
        )
        for m_ks in M_KS
    ]  # fmt: skip


def signs(run: Run) -> list[Forms]:
    """E5: the offsets of section 6 and of Table 2."""
    return [
        Forms(what, "dex", printed, corrected, comparison(run, id, "feh", "median")[0])
        for what, id, printed, corrected in (
            ("median of M+M pairs", "R2", 0.01, -0.01),
            ("median against Birky+2020", "R3", 0.06, -0.06),
        )
    ]


def logg_scatter(run: Run) -> list[Forms]:
    """E6: the scatter of section 6 and of Table 2."""
    std, _ = comparison(run, "R5", "logg", "std")
    return [Forms("scatter of logg against LAMOST", "dex", 0.06, 0.07, std)]


def chance_alignments(run: Run) -> list[Forms]:
    """E7: pairs of the whole catalogue, and those that pass the cut."""
    probability = np.asarray(run.table("wide_binaries")["R_chance_align"], float)
    passing = int(np.sum(probability < run.config["pairs"]["r_chance_align_max"]))
    return [
        Forms("pairs that are called robust", "pairs", 1_817_594, 1_300_000, passing)
    ]


def released(run: Run) -> list[Forms]:
    """E9: this run's labels against the released ones on their common stars."""
    rows = []
    for label in ("feh", "teff", "logg"):
        row = run.row("released_labels", sample="usable", label=label, bin=0)
        what = f"{label}, this run's minus released, of {row['n']:,} common stars"
        for name, column in (("median", "robust_bias"), ("scatter", "robust_scatter")):
            rows.append(
                Forms(
                    f"{what}: {name}",
                    LABELS[label].unit,
                    np.nan,
                    np.nan,
                    float(row[column]),
                )
            )
    return rows


def criteria(run: Run) -> list[Forms]:
    """E10: what criteria 2 and 3 remove alone, in Birky+2020 and in the run."""
    rows = []
    for number, of_birky in ((2, 1), (3, 1583)):
        row = run.row("candidate_counts", cut=f"criterion_{number}")
        what = f"stars that criterion {number} removes alone (Birky+2020; the run)"
        rows.append(Forms(what, "stars", np.nan, of_birky, int(row["n_alone"])))
    left, _ = cut_count(run, "candidate_counts", "last")
    rows.append(Forms("candidates of the run", "stars", np.nan, np.nan, left))
    return rows


CHECKS = {
    "E1": power_laws,
    "E2": cv_scatter,
    "E3": colour_teff,
    "E4": radius,
    "E5": signs,
    "E6": logg_scatter,
    "E7": chance_alignments,
    "E9": released,
    "E10": criteria,
}


def both_forms(run: Run, identifier: str) -> list[Forms]:
    """Both forms of a contradiction in numbers.

    Parameters
    ----------
    identifier
        "E1" to "E11".

    Returns
    -------
    entries
        Empty if the contradiction has no numbers, or the run lacks what they need.
    """
    if identifier not in CHECKS:
        return []
    try:
        return CHECKS[identifier](run)
    except NotTestable:
        return []
