"""The catalogue from the files of a run, which have to belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.samples.split import of_role
from mdwarfs.types import PathLike
from mdwarfs.validation.calibration import calibrations
from mdwarfs.validation.catalogue import publish
from mdwarfs.validation.fit_limits import limits_of
from mdwarfs.validation.uncertainty import power_laws

if TYPE_CHECKING:
    from astropy.table import Table


def assemble_catalogue(
    stars: PathLike,
    predictions: PathLike,
    laws: PathLike,
    calibration: PathLike,
    limits: PathLike,
    split: PathLike,
    kept: Sequence[str],
    held_out: bool,
) -> Table:
    """Read the parts of a catalogue, and join them: see `publish`.

    Parameters
    ----------
    stars
        The candidates of the survey, or the stars that are given.
    split
        Which stars were trained on.
    kept
        Columns of the stars that the catalogue has as well.
    held_out
        Whether predictions of training stars are by models that have not seen them.

    Raises
    ------
    InputError
        If a file is missing, or two were made with different models.
    """
    paths = predictions, laws, calibration, limits
    made = {path: tables.read(path) for path in paths}
    catalogue = publish(
        tables.read(stars),
        made[predictions],
        power_laws(made[laws]),
        calibrations(made[calibration]),
        limits_of(made[limits]),
        kept,
        of_role(tables.read(split), "train"),
        held_out,
    )
    catalogue.meta |= seals.shared_marks(made)
    return catalogue
