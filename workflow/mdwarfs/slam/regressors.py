"""The regressors that can learn spectra from labels, by name.

This is the one place that knows them: `slam.regressor` of the configuration names one,
and the file of a model says which one made it.
"""

from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.model_file import regressor_of
from mdwarfs.slam.trained_model import TrainedModel
from mdwarfs.types import PathLike

REGRESSORS = {regressor.regressor: regressor for regressor in (SupportVectors,)}


def named(name: str) -> type[TrainedModel]:
    """The class of a regressor.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in REGRESSORS:
        raise InputError(
            f"slam.regressor: {name!r} is none of {', '.join(sorted(REGRESSORS))}"
        )
    return REGRESSORS[name]


def read(path: PathLike) -> TrainedModel:
    """Read the model in a file, by the regressor that made it.

    Raises
    ------
    InputError
        If the file is missing or is no model, or its regressor is not known.
    """
    try:
        name = regressor_of(fits.getheader(path))
    except OSError as error:
        raise InputError(f"{path} is not a SLAM model: {error}") from error
    return named(name).read(path)
