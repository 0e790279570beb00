"""The paper's Tables 1 to 4 from the products of a run."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS, OF_PAPER
from mdwarfs.samples.split import of_role
from mdwarfs.slam.infer.flags import COLUMNS as FLAGS
from mdwarfs.slam.infer.flags import HEADER, RANGED
from mdwarfs.tables.columns import ERROR, meaning
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows
from mdwarfs.validation.comparison_summary import COLUMNS as SUMMARY

# Names, units and descriptions of the released tables. `(addition)` marks what the
# paper's tables do not have.
TABLE_3 = {
    "source_id1": ("", "Gaia DR3 source identifier of the LAMOST FGK primary"),
    "source_id2": ("", "Gaia DR3 source identifier of the BOSS M dwarf secondary"),
    "ra1": ("deg", "Right ascension of the primary (ICRS)"),
    "ra2": ("deg", "Right ascension of the secondary (ICRS)"),
    "dec1": ("deg", "Declination of the primary (ICRS)"),
    "dec2": ("deg", "Declination of the secondary (ICRS)"),
    "FeH": ("dex", "[Fe/H] of the pair, from the LAMOST FGK primary"),
    "FeH_niu": ("dex", "[Fe/H] calibrated following Niu et al. (2023)"),
    "e_FeH": ("dex", "Uncertainty of [Fe/H]"),
    "Teff": ("K", "Effective temperature of the M dwarf, from APOGEE Net"),
    "e_Teff": ("K", "Uncertainty of Teff"),
    "alphaM": ("dex", "[alpha/M] of the M dwarf, from ASPCAP"),
    "e_alphaM": ("dex", "Uncertainty of [alpha/M]"),
    "logg": ("dex", "Surface gravity of the M dwarf, from APOGEE Net"),
    "e_logg": ("dex", "Uncertainty of log g"),
    "SNR": ("", "Signal-to-noise ratio of the BOSS spectrum"),
    "reason": ("", "Why a label is missing (addition)"),
}
TABLE_4 = {
    "source_id": ("", "Gaia DR3 source identifier (addition)"),
    "sdss_id": ("", "SDSS-V unique identifier (addition)"),
    "ra": ("deg", "Right ascension, ICRS (addition)"),
    "dec": ("deg", "Declination, ICRS (addition)"),
    "Teff": ("K", "Effective temperature from SLAM"),
    "e_Teff": ("K", "Uncertainty of Teff, at the SNR of the spectrum"),
    "logg": ("dex", "Surface gravity from SLAM"),
    "e_logg": ("dex", "Uncertainty of log g, at the SNR of the spectrum"),
    "alphaM": ("dex", "[alpha/M] from SLAM"),
    "e_alphaM": ("dex", "Uncertainty of [alpha/M], at the SNR of the spectrum"),
    "FeH": ("dex", "[Fe/H] from SLAM, calibrated with LAMOST FGK companions"),
    "e_FeH": ("dex", "Uncertainty of [Fe/H], at the SNR of the spectrum"),
    "FeH_niu": ("dex", "[Fe/H] from SLAM, calibrated following Niu et al. (2023)"),
    "e_FeH_niu": ("dex", "Uncertainty of FeH_niu, at the SNR of the spectrum"),
    "SNR": ("", "Signal-to-noise ratio of the BOSS spectrum (addition)"),
    "snr_extrapolated": ("", "SNR outside the calibration of the e_* (addition)"),
    **{name: ("", f"{text} (addition)") for name, (_, text) in FLAGS.items()},
    "reason": ("", "Why there are no labels (addition)"),
}
# The released names of what the products call otherwise.
RELEASED = {**OF_PAPER, "snr": "SNR"}

RANGE_COLUMNS = {
    "label": ("", "Stellar label"),
    "unit": ("", "Unit of the ranges"),
    "total_min": ("", "Smallest value in the training set"),
    "total_max": ("", "Largest value in the training set"),
    "usable_min": ("", "From where the predictions are recommended"),
    "usable_max": ("", "To where the predictions are recommended"),
    "n": ("", "Stars in the training set"),
    "n_outside": ("", "Of those, outside the usable range"),
}


def table_1(labels: Table, split: Table, usable: dict[str, Sequence[float]]) -> Table:
    """Parameter coverage of the training set (paper, Table 1).

    Parameters
    ----------
    labels
        `source_id` and the labels.
    split
        `source_id`, `role`.
    usable
        Usable range of each label.

    Returns
    -------
    table
        A row per label that has a usable range, `RANGE_COLUMNS`.
    """
    trained = of_role(split, "train")
    stars = labels[match(labels["source_id"], trained) >= 0]
    rows = []
    for label in (x for x in RANGED if x in usable):
        values, (low, high) = np.asarray(stars[label], float), usable[label]
        outside = int(np.sum((values < low) | (values > high)))
        total = float(values.min()), float(values.max())
        rows.append(
            (label, LABELS[label].unit, *total, low, high, len(values), outside)
        )
    return from_rows(rows, RANGE_COLUMNS)


def table_1_latex(table: Table) -> tuple[list[str], list[list[str]]]:
    """Header and lines of Table 1, as `printing.write_latex` takes them.

    The ranges are set as mathematics, so that a minus sign is one.
    """
    header = ["Parameter", "Total range", "Usable range", r"$N$ outside"]
    lines = []
    for row in table:
        decimals = LABELS[row["label"]].decimals
        total, usable = (
            f"$[{number(row[f'{which}_min'], decimals)}, "
            f"{number(row[f'{which}_max'], decimals)}]$"
            for which in ("total", "usable")
        )
        lines.append([head(row["label"]), total, usable, str(row["n_outside"])])
    return header, lines


def table_2(summary: Table) -> Table:
    """Discrepancies between SLAM and other values (paper, Table 2).

    Parameters
    ----------
    summary
        As `mdwarfs.validation.comparison_summary.summarise_comparisons` makes it.

    Returns
    -------
    table
        A row per comparison; for each label that can have a usable range the median,
        the standard deviation and the number of stars: NaN and 0 where the comparison
        has none; and the product that has the differences, with its rule.
    """
    ids = list(dict.fromkeys(summary["comparison"]))
    table = Table({"comparison": ids})
    table["name"] = [
        str(summary["name"][summary["comparison"] == comparison][0])
        for comparison in ids
    ]
    columns = {
        "comparison": ("", "R1 to R7"),
        "name": ("", "What SLAM is compared with"),
    }
    place = {(row["comparison"], row["label"]): row for row in summary}
    for label in RANGED:
        unit = LABELS[label].unit
        found = [place.get((comparison, label)) for comparison in ids]
        for name, null, of_column, text in (
            ("median", np.nan, unit, "Median of SLAM minus reference"),
            ("std", np.nan, unit, "Standard deviation of the differences"),
            ("n", 0, "", "Stars (R2: pairs)"),
        ):
            table[f"{label}_{name}"] = [null if r is None else r[name] for r in found]
            columns[f"{label}_{name}"] = (of_column, f"{text}: {label}")
    for name in ("product", "rule"):
        table[name] = [
            str(summary[name][summary["comparison"] == comparison][0])
            for comparison in ids
        ]
        columns[name] = SUMMARY[name]
    return annotate(table, columns)


def table_2_latex(table: Table) -> tuple[list[str], list[list[str]]]:
    """Header and lines of Table 2, as `printing.write_latex` takes them."""
    header = ["Literature"]
    header += [head(label) for label in RANGED]
    lines = []
    for row in table:
        cells = [str(row["name"]).replace("&", r"\&")]
        for label in RANGED:
            median, std = (row[f"{label}_{name}"] for name in ("median", "std"))
            known = row[f"{label}_n"] > 1
            text = (number(x, LABELS[label].decimals) for x in (median, std))
            cells.append(r"${} \pm {}$".format(*text) if known else r"\nodata")
        lines.append(cells)
    return header, lines


def table_3(labels: Table) -> Table:
    """Catalogue of the FGK+M pairs (paper, Table 3).

    Parameters
    ----------
    labels
        As `mdwarfs.samples.labels.assemble_labels` makes it: one row per pair.

    Returns
    -------
    table
        One row per pair, `TABLE_3`, and what labels there are beyond the paper's.
    """
    names = {"source_id": "source_id2", "ra": "ra2", "dec": "dec2"}
    return _released(labels, names, TABLE_3)


def table_4(catalogue: Table) -> Table:
    """SLAM labels of all candidates (paper, Table 4).

    Parameters
    ----------
    catalogue
        As `mdwarfs.validation.catalogue.publish` makes it.

    Returns
    -------
    table
        One row per candidate, `TABLE_4`, and what labels there are beyond the paper's.
    """
    table = _released(catalogue, {}, TABLE_4)
    table.meta |= HEADER
    return table


def head(label: str) -> str:
    """Symbol and unit of a label, in LaTeX, which sets the space after an operator."""
    symbol = LABELS[label].tex.replace(r"\,", " ")
    return f"{{{symbol}}} ({LABELS[label].unit})"


def number(value: float, digits: int) -> str:
    """A number with fixed decimals, and no minus sign on zero."""
    return f"{round(float(value), digits) + 0.0:.{digits}f}"


def _released(table, names, columns):
    """The columns of a released table under their names there; then the additions."""
    uncertainties = {f"e_{name}": f"e_{new}" for name, new in RELEASED.items()}
    names = {**RELEASED, **uncertainties, **names}
    held = {names.get(name, name): table[name] for name in table.colnames}
    columns = columns | additions(table)
    out = Table()
    for name in columns:
        out[name] = np.asarray(held[name])
    return annotate(out, columns)


def additions(table: Table) -> dict:
    """Unit and description of the labels of a table that the paper's tables lack."""
    return {
        name: (LABELS[label].unit, f"{meaning(name)[1]} (addition)")
        for label in LABELS
        if label not in OF_PAPER and label in table.colnames
        for name in (label, f"{ERROR}{label}")
    }
