"""How each number of the ledger is taken from the products of a run.

Every function takes the run and the arguments that the ledger gives, and returns the
number and its standard error: 0 for numbers that are counted or set, which have no
error, and NaN if the run does not know it.
"""

from collections.abc import Sequence

import numpy as np

from mdwarfs.audit.run import NotTestable, Run
from mdwarfs.literature.aspcap_correction import TERMS, Correction, design_matrix
from mdwarfs.samples.split import of_role
from mdwarfs.statistics import summarise, trend
from mdwarfs.tables import absent
from mdwarfs.tables.matching import match


def listed(run: Run, table: str) -> tuple[int, float]:
    """Number of rows of the archive's own table, of which a product may be a part."""
    return int(run.table(table).meta["N_ROWS"]), 0.0


def cut_count(run: Run, table: str, cut: str) -> tuple[int, float]:
    """What a selection leaves after a cut; "last": after all of them."""
    row = run.table(table)[-1] if cut == "last" else run.row(table, cut=cut)
    return int(row["n_left"]), 0.0


def role_count(run: Run, role: str) -> tuple[int, float]:
    """Stars of the training or the test set."""
    return int(np.sum(np.asarray(run.table("split")["role"]) == role)), 0.0


def label_end(run: Run, label: str, end: str) -> tuple[float, float]:
    """Lowest or highest value of a label in the training set."""
    values = _training(run, label)
    return float({"lowest": np.min, "highest": np.max}[end](values)), np.nan


def outside_usable(run: Run, label: str) -> tuple[int, float]:
    """Training stars whose label lies outside its usable range."""
    values = _training(run, label)
    low, high = run.config["prediction"]["usable"][label]
    return int(np.sum((values < low) | (values > high))), 0.0


def smallest_bin(run: Run) -> tuple[int, float]:
    """Stars in the smallest SNR bin."""
    return int(np.min(run.table("bins")["n"])), 0.0


def law(run: Run, label: str, column: str) -> tuple[float, float]:
    """A number of a label's power law."""
    row = run.row("power_laws", label=label)
    error = row[f"e_{column}"] if f"e_{column}" in row.colnames else np.nan
    return float(row[column]), float(error)


def sigma(run: Run, label: str, snr: int) -> tuple[float, float]:
    """Uncertainty of a label at a given SNR, with the error that its law implies."""
    row = run.row("power_laws", label=label)
    value = row["amplitude"] * snr ** row["exponent"]
    relative, slope = row["e_amplitude"] / row["amplitude"], row["e_exponent"]
    log = np.log(snr)
    variance = (
        relative**2
        + (log * slope) ** 2
        + 2 * row["correlation"] * relative * slope * log
    )
    return float(value), float(value * np.sqrt(max(variance, 0.0)))


def comparison(run: Run, id: str, label: str, column: str) -> tuple[float, float]:
    """A statistic of one of the comparisons R1 to R7."""
    row = run.row("summary", comparison=id, label=label)
    return float(row[column]), float(row[f"e_{column}"])


def slope(run: Run, table: str, label: str) -> tuple[float, float]:
    """Slope of SLAM minus reference against the reference, of the stars compared."""
    reference, difference = _differences(run, table, label)
    found = trend(reference, difference)
    return found.slope, found.e_slope


def side(
    run: Run, table: str, label: str, split: float, below: bool
) -> tuple[float, float]:
    """Median of SLAM minus reference where the reference is below, or not below."""
    reference, difference = _differences(run, table, label)
    found = summarise(difference[(reference < split) == below])
    return found.median, found.e_median


def correction(run: Run, column: str) -> tuple[float, float]:
    """A statistic of the refitted correction of ASPCAP, with the error of a median."""
    row = run.row("aspcap_correction", fit="teff")
    spread = row["robust_std_" + column.removeprefix("median_")]
    return float(row[column]), float(np.sqrt(np.pi / 2 / row["n"]) * spread)


def surface(run: Run, teff: int, feh: float) -> tuple[float, float]:
    """The refitted correction of ASPCAP at one place.

    Its error follows from the places of the stars that were fitted, and their spread
    about the fit. (The errors of the six terms, being strongly correlated, do not say
    it.)
    """
    row = run.row("aspcap_correction", fit="teff")
    fitted = Correction(np.array([row[term] for term in TERMS]), np.full(6, np.nan))
    stars = run.table("aspcap")
    stars = stars[np.asarray(stars["selected"], bool)]
    fitted_at = design_matrix(stars["teff_aspcap"], stars["feh_aspcap"])
    _, triangle = np.linalg.qr(fitted_at)
    reach = np.linalg.norm(np.linalg.solve(triangle.T, design_matrix(teff, feh)))
    return float(fitted(teff, feh)), float(reach * row["robust_std_after"])


def niu_slope(run: Run) -> tuple[float, float]:
    """Slope of the [Fe/H] difference against Teff with the chosen sign."""
    row = run.row("niu_sign", chosen=True)
    return float(row["slope"]), float(row["e_slope"])


def sample_pairs(run: Run, membership: str) -> tuple[int, float]:
    """Pairs of the paper's own table and of the sample built here, by where they are.

    "table" counts all pairs of the table, "unexplained" those that are only there, and
    nothing that is known says why.
    """
    counts = _compared(run, "paper_sample_counts")
    total = {
        name: _total(counts, membership=name, step="")
        for name in ("both", "ours", "theirs")
    }
    total["table"] = total["both"] + total["theirs"]
    total["unexplained"] = _total(counts, step="unexplained")
    return total[membership], 0.0


def sample_difference(run: Run, quantity: str, column: str) -> tuple[float, float]:
    """A statistic of ours minus theirs of a quantity, on the common pairs."""
    _compared(run, "paper_sample")
    row = run.row("paper_sample", quantity=quantity)
    error = row["e_median"] if column == "median" else np.nan
    return float(row[column]), float(error)


def setting(run: Run, keys: Sequence[str]) -> tuple[float, float]:
    """A value of the configuration."""
    value = run.config
    for key in keys:
        value = value[key]
    return value, 0.0


def _compared(run, name):
    """A table of the comparison with the paper's own; NotTestable where it has none."""
    table = run.table(name)
    if absent.why(table):
        raise NotTestable(f"not compared: {absent.why(table)}")
    return table


def _total(counts, **values):
    """Number of pairs in the rows whose columns have the given values."""
    rows = np.ones(len(counts), bool)
    for column, value in values.items():
        rows &= np.asarray(counts[column], str) == value
    return int(np.sum(counts["n_pairs"][rows]))


def _differences(run, table, label):
    """References and SLAM minus reference of the stars of a comparison."""
    stars = run.table(table)
    if absent.why(stars):
        raise NotTestable(f"not compared: {absent.why(stars)}")
    if "used" in stars.colnames:
        stars = stars[np.asarray(stars["used"], bool)]
    value, reference = (
        np.ma.filled(np.ma.asarray(stars[x], float), np.nan)
        for x in (label, f"{label}_ref")
    )
    good = np.isfinite(value) & np.isfinite(reference)
    if not good.any():
        raise NotTestable(f"{table} has no star with {label}")
    return reference[good], (value - reference)[good]


def _training(run, label):
    """Values of a label in the training set."""
    split, labels = run.table("split"), run.table("labels")
    train = of_role(split, "train")
    place = match(train, labels["source_id"])
    values = np.asarray(labels[label][place[place >= 0]], float)
    if not len(values):
        raise NotTestable("the run has no training stars")
    return values


FUNCTIONS = {
    function.__name__: function
    for function in (
        listed, cut_count, role_count, label_end, outside_usable, smallest_bin,
        law, sigma, comparison, slope, side, correction, surface, niu_slope,
        sample_pairs, sample_difference, setting,
    )
}  # fmt: skip
