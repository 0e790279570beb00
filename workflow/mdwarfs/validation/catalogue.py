"""The catalogue of SLAM labels: every candidate, with or without a label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.labels import LABELS
from mdwarfs.samples.split import HELD_OUT, OWN_MODEL, TRAINED_ON
from mdwarfs.slam.infer.flags import LIMITED, Flag, add_words
from mdwarfs.slam.infer.released import can_have
from mdwarfs.slam.infer.residuals import COLUMNS as RESIDUALS
from mdwarfs.tables.covariances import covariance_columns
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.validation.fit_limits import beyond_limits, limits_basis

if TYPE_CHECKING:
    from mdwarfs.literature.power_laws import PowerLaw
    from mdwarfs.validation.calibration import Calibration
    from mdwarfs.validation.fit_limits import Limits


FROM_CANDIDATES = (
    "source_id", "sdss_id", "ra", "dec", "parallax", "bp_rp0", "mg0", "snr",
)  # fmt: skip
FROM_GIVEN = ("source_id", "sdss_id", "id", "file", "snr", "role")
"""What the catalogue takes of the candidates of the survey, and of stars that are
given."""

FROM_PREDICTIONS = (
    "chi2", "dof", "n_good", "n_outliers", "n_iter", "training_sparseness",
    "correlation", "v_offset", "v_stretch", *RESIDUALS, "status", "flags",
)  # fmt: skip
NO_SPECTRUM = "no spectrum"

SNR = (
    "Signal-to-noise ratio of the spectrum according to the survey, per pixel: the one "
    "that e_* belong to"
)
LAW = (
    "{label}: scatter (1 sigma) of stars with known labels at this SNR, by the paper's "
    "power law; the references' errors are in it (sigma_* is the label's own error)"
)
COVARIANCE = "covariance"
FORMAL_COVARIANCE = (
    "Covariance of the formal errors of {a} and {b}; times sigma_{a} sigma_{b} / "
    "(formal_e_{a} formal_e_{b}) it is that of the calibrated ones, if they correlate "
    "as the formal ones do"
)
EXTRAPOLATED = (
    "SNR outside the range over which the e_* are calibrated; false where there are "
    "none. It is no flag: recommended does not look at it"
)


def publish(
    candidates: Table,
    predictions: Table,
    power_laws: dict[str, PowerLaw],
    calibrations: dict[str, Calibration],
    limits: dict[str, Limits],
    kept: Sequence[str] = FROM_CANDIDATES,
    trained: ArrayLike = (),
    held_out: bool = False,
) -> Table:
    """Labels of all candidates, each with three uncertainties: see `uncertainties`.

    `sigma_*` is null for released labels, whose distance from their training stars is
    not known.

    Nothing is clipped or dropped: labels outside the usable range are flagged, and a
    candidate without labels keeps its row with the reason. Without limits no labels are
    recommended, because nothing says that a spectrum is sound; the header says so.

    Parameters
    ----------
    candidates
        One row per star: `source_id`, `sdss_id`, position, `parallax`, `bp_rp0`,
        `mg0` and the `snr` of the BOSS spectrum; or, of stars that are given, what
        `FROM_GIVEN` lists.
    predictions
        `source_id`, `snr`, the labels with their formal errors `e_*`, `continued` and
        `FROM_PREDICTIONS`.
    power_laws
        For each label.
    calibrations
        For each label.
    limits
        What sets the flags of `mdwarfs.slam.infer.flags.BY_LIMITS`, beside those that
        the predictions have: see `mdwarfs.validation.fit_limits`.
    kept
        Columns of the candidates that the catalogue has as well.
    trained
        source_id of the training stars.
    held_out
        Whether the predictions of these are by models that have not seen them.

    Returns
    -------
    table
        A row per candidate, in their order.
    """
    index = match(candidates["source_id"], predictions["source_id"])
    order = [name for name in predictions.colnames if name in power_laws]  # the model's
    beyond = beyond_limits(predictions, predictions["snr"], order, limits)
    predictions = predictions.copy(copy_data=False)
    predictions["flags"] = predictions["flags"] | beyond
    taken = {*power_laws, *(f"e_{label}" for label in power_laws), COVARIANCE}
    taken = [name for name in predictions.colnames if name in taken]
    found = lookup(predictions[[*taken, *FROM_PREDICTIONS]], index)
    labelled = np.all(
        [
            np.isfinite(found[label]) | ~can_have(label, found["status"])
            for label in power_laws
        ],
        axis=0,
    )
    labelled &= (np.asarray(found["flags"]) & int(Flag.NO_LABELS)) == 0
    catalogue = candidates[list(kept)]
    catalogue["snr"].info.description = SNR
    catalogue.update(
        uncertainties(found, catalogue["snr"], power_laws, power_laws, calibrations)
    )
    for name in FROM_PREDICTIONS:
        catalogue[name] = found[name]
    catalogue["status"] = np.where(index < 0, NO_SPECTRUM, found["status"])
    catalogue["flags"][index < 0] = int(Flag.NO_LABELS)
    catalogue[TRAINED_ON] = match(catalogue["source_id"], trained) >= 0
    catalogue[TRAINED_ON].info.description = HELD_OUT if held_out else OWN_MODEL
    catalogue.meta[LIMITED] = limits_basis(limits)
    add_words(catalogue, labelled)
    catalogue["reason"] = np.where(labelled, "", catalogue["status"])
    return catalogue


def uncertainties(
    found: Table,
    snr: ArrayLike,
    labels: Iterable[str],
    power_laws: dict[str, PowerLaw],
    calibrations: dict[str, Calibration],
) -> Table:
    """Labels, each with up to three uncertainties (1 sigma).

    `e_*` is the paper's: the scatter of stars with known labels at the star's SNR. It
    contains the errors of the known labels, and is too large. `formal_e_*` is the
    fit's own, which takes the errors of the pixels as independent, and is too small.
    `sigma_*` is calibrated to be the error of the label: see
    `mdwarfs.validation.calibration`. It holds for labels within the usable range, of
    stars that SLAM has not seen; those of its training stars are better.

    Parameters
    ----------
    found
        n stars: the labels and their formal errors `e_*`, NaN where there are none,
        `training_sparseness` and, if it is known, `covariance`, of these labels in
        the order of their columns.
    snr : shape (n,)
    calibrations
        May lack labels: these have no e_* or sigma_*.

    Returns
    -------
    table
        For each label x: x, e_x, sigma_x, formal_e_x; of any power laws
        `snr_extrapolated`; of a covariance formal_covariance_x_y.
    """
    table = Table()
    for label in labels:
        table[label] = found[label]
        if label in power_laws:
            sigma = power_laws[label].sigma(snr)
            table[f"e_{label}"] = np.where(np.isfinite(found[label]), sigma, np.nan)
            said = LAW.format(label=LABELS[label].text)
            table[f"e_{label}"].info.description = said
        if label in calibrations:
            table[f"sigma_{label}"] = calibrations[label].sigma(
                found[f"e_{label}"], found["training_sparseness"]
            )
        table[f"formal_e_{label}"] = np.asarray(found[f"e_{label}"])
    laws = [power_laws[label] for label in labels if label in power_laws]
    if laws:
        outside = [law.known & law.extrapolated(snr) for law in laws]
        # without an SNR there are no e_*, and nothing is extrapolated
        table["snr_extrapolated"] = np.any(outside, axis=0) & (np.asarray(snr) > 0)
        table["snr_extrapolated"].info.description = EXTRAPOLATED
    if COVARIANCE in found.colnames:
        order = [name for name in found.colnames if f"e_{name}" in found.colnames]
        values = np.asarray(found[COVARIANCE], float)
        table.update(
            covariance_columns(order, values, f"formal_{COVARIANCE}", FORMAL_COVARIANCE)
        )
    return table
