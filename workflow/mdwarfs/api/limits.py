"""The limits behind a model's flags: learn them, keep them with its file, use them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from astropy.table import Table

from mdwarfs.api.labelled import settings_of
from mdwarfs.run import seals
from mdwarfs.slam.held_out import held_out_labels
from mdwarfs.slam.infer.flags import BY_LIMITS, LIMITED, flag_names
from mdwarfs.validation.fit_limits import (
    FEWEST,
    beyond_limits,
    learn_limits,
    limits_basis,
    limits_of,
)

if TYPE_CHECKING:
    from mdwarfs.api.training import KnownStars
    from mdwarfs.slam.trained_model import TrainedModel


def limits_for(found: Table, names: Sequence[str], prediction: dict) -> Table:
    """Limits of the fit, which say how the labels were found: see `learn_limits`."""
    limits = learn_limits(found, names)
    limits.meta[seals.LABELLED] = seals.labelling_digest(prediction)
    return limits


def limits_by_refits(
    trained: TrainedModel, known: KnownStars, held_out: int, options: dict[str, Any]
) -> Table:
    """The limits of the fit, by models that were refitted without parts of the stars.

    Parameters
    ----------
    trained
        On the stars.
    held_out
        Number of parts.
    options
        As `training_options` makes them.
    """
    prediction = settings_of(known.names, None, None, 0.0)
    found = held_out_labels(
        trained,
        known.flux,
        known.ivar,
        parts=min(held_out, len(known.rows)),
        seed=options["seed"],
        prediction=prediction,
        threads=options["threads"],
    ).table()
    found["snr"] = known.snr
    return limits_for(found, known.names, prediction)


def warn_of_limits(limits: Table | None, prediction: dict) -> None:
    """Say if no spectrum can be flagged as unlike, or by limits that do not hold."""
    if limits is None:
        warnings.warn(
            "the limits of the fit are not known, so that noise and spectra of other "
            "things are not flagged, and no labels are recommended: Slam.fit learns "
            f"them of {FEWEST} stars or more, with_limits takes them",
            stacklevel=4,
        )
    elif seals.LABELLED in limits.meta and not seals.labelled_so(limits, prediction):
        warnings.warn(
            "the limits of the fit were learnt with another prior: the flags "
            f"{flag_names(BY_LIMITS)} do not hold with this one",
            stacklevel=4,
        )


def flag_by(limits: Table | None, found: Table, names: Sequence[str]) -> None:
    """Flag the stars that are beyond the limits of the fit; in place.

    Parameters
    ----------
    limits
        None: no star is flagged, and `meta` says so.
    found
        As for `beyond_limits`, with `snr` and `flags`.
    """
    known = {} if limits is None else limits_of(limits)
    bits = beyond_limits(found, found["snr"], names, known)
    found["flags"] = found["flags"] | bits
    found.meta[LIMITED] = limits_basis(known)
