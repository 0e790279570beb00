"""Everything about one star of a run, or about the spectrum in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Row, Table

from mdwarfs.errors import InputError
from mdwarfs.labelling.files import label_spectra
from mdwarfs.slam.infer.flags import DESCRIPTIONS, LIMITED, NO_LIMITS, Flag
from mdwarfs.slam.infer.residuals import COLUMNS as RESIDUALS
from mdwarfs.star import fitted as spectra_and_models
from mdwarfs.star.identify import NAMES
from mdwarfs.star.posterior import posterior as posterior_of
from mdwarfs.star.run import TRUE, StarsOfRun, training_labels
from mdwarfs.tables import require_writable
from mdwarfs.tables.columns import CALIBRATED, ERROR, FORMAL, meaning

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mdwarfs.labelling.model_of_run import ModelOfRun
    from mdwarfs.spectra.spectrum_set import SpectrumSet
    from mdwarfs.star.fitted import Fitted
    from mdwarfs.star.posterior import LabelPosterior
    from mdwarfs.types import PathLike

MEASURES = (
    "chi2", "dof", "n_good", "n_outliers", "training_sparseness", "correlation",
    "v_offset", "v_stretch", *RESIDUALS,
)  # fmt: skip
"""What is said of a fit: columns of the catalogue."""

SAME = 0.01
"""Labels that differ by less than this share of their formal errors are the same."""

LABEL_COLUMNS = {
    "label": "Name of the label",
    "unit": "Of all numbers of the row",
    "value": "Of maximum posterior; NaN without",
    "e_value": "Scatter (1 sigma) of stars of known labels at this SNR: the power law",
    "sigma_value": "Calibrated uncertainty (1 sigma)",
    "formal_e_value": "Formal uncertainty (1 sigma)",
    "hybrid": "Hybrid label; NaN without",
    "e_hybrid": "Uncertainty of it (1 sigma)",
    "hybrid_flat": "The same without prior",
    "e_hybrid_flat": "Uncertainty of that (1 sigma)",
    "reference": "Reference label of the star, from elsewhere; NaN without",
    "e_reference": "Uncertainty of it (1 sigma)",
    "truth": "What the simulation gave the star; NaN of real ones",
    "low": "Lowest usable value; NaN without",
    "high": "Highest usable value; NaN without",
    "rank": "Share of the training stars whose label is lower",
}
"""Columns of `Star.labels`; the uncertainties are named as in the catalogues."""


@dataclass(frozen=True)
class Star:
    """A star, or a spectrum.

    Attributes
    ----------
    names
        What it is called, by what calls it so: {"Gaia DR3": "...", "file": "..."}.
    run
        Name of the run; "" of a model alone.
    simulated, simulated_model
        Whether the spectrum, and the model, are simulated.
    role
        "train" or "test", or "" of other stars and of files.
    snr
    extrapolated
        Whether the SNR is outside the range over which power laws are calibrated.
    spectrum
        Its spectrum and best model (of one star); None without a spectrum.
    labels
        One row per label, see `LABEL_COLUMNS`.
    judged
        Whether the limits of the fit are known, without which flags are missing.
    flags, hybrid_flags
        Description by name, as {"low_snr": "..."}.
    measures
        Of the fit, by the names `MEASURES`; those that there are.
    reason
        Why there are no labels; "" if there are.
    note
        What else is to be known of the labels; "" if nothing is.
    posterior
        None without labels, or where it was not asked for.
    training
        Labels of the training stars: a row per star.
    """

    names: dict[str, str]
    run: str
    simulated: bool
    simulated_model: bool
    role: str
    snr: float
    extrapolated: bool
    spectrum: Fitted | None
    labels: Table
    judged: bool
    flags: dict[str, str]
    hybrid_flags: dict[str, str]
    measures: dict[str, float]
    reason: str
    note: str
    posterior: LabelPosterior | None
    training: Table

    @property
    def recommended(self) -> bool:
        """Whether SLAM's labels may be used as they are, as in the catalogue."""
        return not (self.reason or self.flags) and self.of_one_kind and self.judged

    @property
    def hybrid_recommended(self) -> bool:
        """The same of the hybrid labels; false without."""
        there = bool(np.isfinite(self.labels["hybrid"]).any())
        return there and not self.hybrid_flags and self.of_one_kind

    @property
    def of_one_kind(self) -> bool:
        """Whether spectrum and model are both simulated, or both real."""
        return self.simulated == self.simulated_model

    @property
    def title(self) -> str:
        """Its first name, with what calls it so."""
        what, name = next(iter(self.names.items()))
        return f"{what} {name}"

    def __str__(self):
        from mdwarfs.star.printout import printout

        return printout(self)

    def plot(self) -> Figure:
        """The figure of the star, for a notebook; `save` writes it."""
        from mdwarfs.star.figure import draw

        return draw(self)

    def save(self, path: PathLike) -> None:
        """Draw the star into a file.

        Parameters
        ----------
        path
            Ends in .pdf, .png or .svg. The same star gives the same bytes.

        Raises
        ------
        InputError
            If it ends in something else, or cannot be written.
        """
        from mdwarfs.figures.style import METADATA, write

        if Path(path).suffix not in METADATA:
            raise InputError(f"{path}: figures end in {', '.join(METADATA)}")
        require_writable(path)
        stamp = {"run": self.run, "simulated": self.simulated}
        if self.simulated_model and not self.simulated:
            stamp["of"] = "model of the simulated run"
        write(self.plot(), [path], stamp)


def of_run(run: StarsOfRun, star: str | int, *, posterior: bool = True) -> Star:
    """A star of a run.

    Parameters
    ----------
    star
        Any of its names, or the number of its row in the catalogue.
    posterior
        Whether to draw from its posterior, which takes two seconds.

    Returns
    -------
    star
        A star without a spectrum has what the catalogue says.

    Raises
    ------
    InputError
        If the run has no such star.
    """
    row = star if isinstance(star, int | np.integer) else run.row(star)
    own, known = run.catalogue[row], run.known[row]
    rows = np.array([row])
    spectrum = run.fitted(rows) if (run.spectrum_rows(rows) >= 0).all() else None
    drawn = None
    if posterior and spectrum is not None:
        prior = run.config["prediction"].get("prior")
        drawn = posterior_of(run.predictor, spectrum.flux[0], spectrum.ivar[0], prior)
    hybrid = None if run.hybrid is None else run.hybrid[row]
    identifiers = run.identifiers
    return Star(
        names={
            NAMES[column]: str(texts[row])
            for column, texts in identifiers.items()
            if texts[row]
        },
        run=run.run,
        simulated=run.simulated,
        simulated_model=run.simulated,
        role=str(known["role"]),
        snr=float(own["snr"]),
        extrapolated=extrapolated(own),
        spectrum=spectrum,
        labels=labels_of(own, hybrid, known, run.usable, run.training),
        judged=run.catalogue.meta.get(LIMITED) != NO_LIMITS,
        flags=flags_of(own["flags"]),
        hybrid_flags={} if hybrid is None else flags_of(hybrid["flags"]),
        measures=measures_of(own),
        reason=str(own["reason"]),
        note=note_of(own, spectrum, known["role"], run.names),
        posterior=drawn,
        training=run.training,
    )


def of_spectrum(
    model: ModelOfRun,
    spectra: SpectrumSet,
    hybrid: Table | None = None,
    *,
    posterior: bool = True,
) -> Star:
    """The star of a spectrum that belongs to no run.

    Parameters
    ----------
    spectra : 1 star
        See `mdwarfs.labelling.files.read_like_training`.
    hybrid : 1 row
        See `mdwarfs.hybrid.stars.label_stars`; None without.
    posterior
        As for `of_run`.
    """
    found = label_spectra(model, spectra)
    own, other = found[0], None if hybrid is None else hybrid[0]
    training, prior = training_labels(model.trained), model.prediction.get("prior")
    spectrum = drawn = None
    if spectra.ok[0]:
        planes = spectra.flux, spectra.ivar
        spectrum = spectra_and_models.fit(model.predictor, *planes, prior)
        if posterior:
            drawn = posterior_of(model.predictor, *(x[0] for x in planes), prior)
    names = {"file": Path(str(own["file"])).name, "path": str(own["file"])}
    if "name" in found.colnames and own["name"]:
        names["name"] = str(own["name"])
    return Star(
        names=names,
        run=model.run,
        simulated=bool(own["simulated"]),
        simulated_model=bool(own["simulated_model"]),
        role="",
        snr=float(own["snr"]),
        extrapolated=extrapolated(own),
        spectrum=spectrum,
        labels=labels_of(own, other, None, model.usable, training),
        judged=found.meta[LIMITED] != NO_LIMITS,
        flags=flags_of(own["flags"]),
        hybrid_flags={} if other is None else flags_of(other["flags"]),
        measures=measures_of(own),
        reason=reason_of(own),
        note="",
        posterior=drawn,
        training=training,
    )


def labels_of(
    own: Row,
    hybrid: Row | None,
    known: Row | None,
    usable: Mapping[str, Sequence[float]],
    training: Table,
) -> Table:
    """The labels of one star, a row for each: see `LABEL_COLUMNS`.

    Parameters
    ----------
    own
        Row of the catalogue of SLAM labels, or of one like it.
    hybrid
        Row of the hybrid catalogue, or of one like it.
    known
        Reference labels, with `e_*`, and of simulated stars the truth, `true_*`.
    usable
        Lowest and highest value, by the label.
    training
        Labels of the training stars.
    """
    rows = []
    for name in training.colnames:
        value = number(own, name)
        low, high = usable.get(name, (np.nan, np.nan))
        row = {
            "label": name,
            "unit": (meaning(name) or ("", ""))[0],
            "value": value,
            **{f"{x}value": number(own, x + name) for x in (ERROR, CALIBRATED, FORMAL)},
            "hybrid": number(hybrid, name),
            "e_hybrid": number(hybrid, f"e_{name}"),
            "hybrid_flat": number(hybrid, f"{name}_flat"),
            "e_hybrid_flat": number(hybrid, f"e_{name}_flat"),
            "reference": number(known, name),
            "e_reference": number(known, f"e_{name}"),
            "truth": number(known, f"{TRUE}{name}"),
            "low": float(low),
            "high": float(high),
            "rank": float(np.mean(np.asarray(training[name]) < value))
            if np.isfinite(value)
            else np.nan,
        }
        rows.append(row)
    table = Table(rows=rows, names=list(LABEL_COLUMNS))
    for name, text in LABEL_COLUMNS.items():
        table[name].info.description = text
    return table


def note_of(own: Row, spectrum: Fitted | None, role: str, names: Sequence[str]) -> str:
    """Whether the labels of a catalogue are those of the model that is drawn.

    Parameters
    ----------
    own
        Row of the catalogue.
    spectrum
        Of the star, with the labels of maximum posterior by the run's model.
    role
        "train", or another.
    names
        Of the labels.
    """
    if spectrum is None:
        return ""
    published = np.array([number(own, name) for name in names])
    error = np.array([number(own, f"formal_e_{name}") for name in names])
    off = np.abs(published - spectrum.labels[0]) > SAME * np.abs(error)
    if not off.any():
        return ""
    if role == "train":
        return (
            "the labels in the table are by a model that has not seen this star; best "
            "model and posterior are by the model of the run, which has"
        )
    return (
        "the labels in the table were found in another way than by maximum posterior, "
        "of which best model and posterior are"
    )


def number(row: Row | None, name: str) -> float:
    """A number of a row; NaN if there is no row, no such column or a null."""
    if row is None or name not in row.colnames or np.ma.is_masked(row[name]):
        return np.nan
    return float(row[name])


def extrapolated(row: Row) -> bool:
    """Whether a row says that its power laws are extrapolated."""
    return "snr_extrapolated" in row.colnames and bool(row["snr_extrapolated"])


def reason_of(row: Row) -> str:
    """Why a row has no labels; "" if it has, whatever else `reason` says of them."""
    return str(row["reason"]) if int(row["flags"]) & Flag.NO_LABELS else ""


def flags_of(bits: int) -> dict[str, str]:
    """The flags that are set, with what each says."""
    return {x.name.lower(): DESCRIPTIONS[x] for x in Flag if int(bits) & int(x)}


def measures_of(row: Row) -> dict[str, float]:
    """What a row says of the fit."""
    found = {name: number(row, name) for name in MEASURES}
    return {name: value for name, value in found.items() if np.isfinite(value)}
