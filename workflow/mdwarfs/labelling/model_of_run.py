"""A trained model with all that its run knows of the labels that it finds."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labelling.beside_model import is_simulated, tables_of, taken_at_rest
from mdwarfs.method_names import MAP
from mdwarfs.run import seals
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.flags import BY_LIMITS, flag_names
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.weighting import IVAR
from mdwarfs.validation.calibration import calibrations
from mdwarfs.validation.fit_limits import limits_of
from mdwarfs.validation.snr_scale import SnrScale
from mdwarfs.validation.uncertainty import power_laws

if TYPE_CHECKING:
    from mdwarfs.labelling.beside_model import Files
    from mdwarfs.literature.power_laws import PowerLaw
    from mdwarfs.slam.infer.map import MaximumPosterior
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.validation.calibration import Calibration
    from mdwarfs.validation.fit_limits import Limits

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelOfRun:
    """What labels spectra that belong to no run, as its own stars were labelled.

    Attributes
    ----------
    trained
        The model. Alone, it finds labels with formal errors and few flags.
    prediction
        Section of the configuration.
    power_laws, calibrations
        Uncertainties, by label; empty if they are not known.
    limits
        Of the fit, by measure, see `mdwarfs.validation.fit_limits`; may be empty.
    snr_scale
        From the SNR that spectra have to that of the power laws. Without it the SNR is
        that of the file, or else the one found from the spectrum.
    simulated
        Whether it was trained on simulated stars. It then refuses to label real ones.
    at_rest
        Whether all spectra are taken to be at rest, as those of training were.
    run
        Name of the run; "" of a model alone.

    Raises
    ------
    InputError
        If `prediction` takes the spectra of a whole run: if it asks for an emulation of
        the released labels.
    """

    trained: TrainedModel
    prediction: dict
    power_laws: Mapping[str, PowerLaw] = field(default_factory=dict)
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)
    snr_scale: SnrScale | None = None
    simulated: bool = False
    at_rest: bool = False
    run: str = ""

    def __post_init__(self):
        for key, only in (("method", MAP), ("weighting", IVAR)):
            if self.prediction[key] != only:
                raise InputError(
                    f"prediction.{key}: {self.prediction[key]} emulates the released "
                    "labels, which takes the spectra of a whole run; spectra alone are "
                    f"predicted with {only}"
                )

    @cached_property
    def predictor(self) -> MaximumPosterior:
        """What finds labels by the model."""
        return labeller(self.trained)

    @property
    def usable(self) -> dict[str, Sequence[float]]:
        """Lowest and highest usable value of labels of the model, where it is given."""
        ranges = self.prediction["usable"]
        return {x: ranges[x] for x in ranges if x in self.trained.label_names}

    @classmethod
    def read(cls, files: Files, config: Mapping) -> ModelOfRun:
        """Read a model, and the tables that are given beside it.

        A warning says which of these do not hold with the configuration.

        Parameters
        ----------
        files
            Where they are.
        config
            The whole configuration that labels are to be found with.

        Raises
        ------
        InputError
            If they do not belong together.
        """
        trained = regressors.read(files.model)
        given = tables_of(files, trained.settings)
        prediction = config["prediction"]
        warn_of_other_settings(given, prediction)
        laws, calibration, limits = map(given.get, ("laws", "calibration", "limits"))
        return cls(
            trained,
            prediction,
            {} if laws is None else power_laws(laws),
            {} if calibration is None else calibrations(calibration),
            {} if limits is None else limits_of(limits),
            snr_scale=None if laws is None else SnrScale.of_table(laws),
            simulated=is_simulated(files.model),
            at_rest=taken_at_rest(config),
            run=str(fits.getheader(files.model).get("RUN", "")),
        )


def warn_of_other_settings(given: Mapping[str, Table], prediction: dict) -> None:
    """Say which tables were made with other settings than labels are found with now.

    Parameters
    ----------
    given
        See `mdwarfs.labelling.beside_model.tables_of`.
    prediction
        Section of the configuration.
    """
    own = seals.prediction_digest(prediction)
    laws = [given[name] for name in ("laws", "calibration") if name in given]
    if any(table.meta.get(seals.CONFIG) != own for table in laws):
        logger.warning(
            "e_* and sigma_* were found with another section `prediction` than the one "
            "that is used now: with other priors they do not hold"
        )
    if "limits" in given and not seals.labelled_so(given["limits"], prediction):
        logger.warning(
            "the limits of the fit were learnt with another prior than the one that is "
            "used now: the flags %s do not hold",
            flag_names(BY_LIMITS),
        )
