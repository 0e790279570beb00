"""One star from Python: a star of a run, a file, or a spectrum in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mdwarfs.api.inputs import hinting
from mdwarfs.api.slam import Slam
from mdwarfs.errors import InputError
from mdwarfs.hybrid import model_file
from mdwarfs.hybrid import stars as hybrid_stars
from mdwarfs.labelling.beside_model import (
    HYBRID,
    files_of_run,
    is_hybrid,
    require_one_origin,
    tables_of,
)
from mdwarfs.labelling.files import (
    read_like_training,
    require_simulated,
    whether_simulated,
)
from mdwarfs.labelling.model_of_run import ModelOfRun
from mdwarfs.spectra.formats import is_there, read, selected
from mdwarfs.star import one
from mdwarfs.star.run import StarsOfRun
from mdwarfs.validation.fit_limits import limits_of

if TYPE_CHECKING:
    from mdwarfs.star.one import Star
    from mdwarfs.types import PathLike

ASIDE = "simulated_model=True"
"""What lets a model of simulated stars label a real spectrum, in messages."""


@hinting
def show(
    star: str | int | PathLike,
    *,
    run: PathLike | StarsOfRun | None = None,
    model: PathLike | Slam | None = None,
    simulated_model: bool = False,
    posterior: bool = True,
) -> Star:
    """All that is known of one star: `print` it, `plot` it, `save` the figure.

    Parameters
    ----------
    star
        Any name of a star of the run (Gaia DR3 source_id, sdss_id, the name of its
        file, ...), or the path of a file of a spectrum; `file[3]` is the third of
        several. A file that exists is read, whatever the run knows of it.
    run
        Folder of the results of a run, or what `mdwarfs.star.run.StarsOfRun.open`
        reads of it, which is faster for many stars.
    model
        In the place of a run, for a file: a model, flagged as `Slam.predict` does.
        There are formal uncertainties then, and no others.
    simulated_model
        Let a model of simulated stars label a real spectrum; the figure says so.
    posterior
        Whether to draw from the posterior, which takes two seconds.

    Returns
    -------
    star
        See `mdwarfs.star.one.Star`.

    Raises
    ------
    InputError
        If the run has no such star (with those whose names are like it), the file
        cannot be read, or parts of the run do not belong together.

    Examples
    --------
    `star = show("Gaia DR3 4611560880263380096", run="results/simulated")`, and then
    `print(star)` or `star.save("star.pdf")`.
    """
    return gather(star, run, model, simulated_model, posterior, ASIDE)


def gather(
    star: str | int | PathLike,
    run: PathLike | StarsOfRun | None,
    model: PathLike | Slam | None,
    simulated_model: bool,
    posterior: bool,
    option: str,
) -> Star:
    """`show`, for whoever calls `simulated_model` something else.

    Parameters
    ----------
    star, run, model, simulated_model, posterior
        As for `show`.
    option
        What messages call `simulated_model`.
    """
    if (run is None) == (model is None):
        raise InputError("give either a run or a model")
    name = str(star)
    file = is_there(selected(name)[0]) and Path(selected(name)[0]).is_file()
    if model is not None:
        if not file:
            raise InputError(
                f"{name}: there is no such file, and a model alone has no stars: give "
                "the run"
            )
        return _by_model(name, model, simulated_model, posterior, option)
    if file:
        folder = run.folder if isinstance(run, StarsOfRun) else Path(run)
        return _by_run(name, folder, simulated_model, posterior, option)
    opened = run if isinstance(run, StarsOfRun) else StarsOfRun.open(run)
    return one.of_run(opened, name, posterior=posterior)


def _by_model(file, model, simulated_model, posterior, option):
    """A file by a model alone."""
    if not isinstance(model, Slam):
        if is_hybrid(model):
            raise InputError(
                f"{model} is a hybrid model, which has no model spectra: give the one "
                "of SLAM, or the run"
            )
        model = Slam.load(model)
    limits = {} if model.limits is None else limits_of(model.limits)
    alone = ModelOfRun(
        model.trained,
        model.prediction,
        limits=limits,
        simulated=model.simulated,
        at_rest=model.at_rest,
    )
    require_right(file, alone.simulated, simulated_model, option)
    spectra = read_like_training([file], alone)
    return one.of_spectrum(alone, spectra, posterior=posterior)


def _by_run(file, folder, simulated_model, posterior, option):
    """A file by the model of a run, with all that the run has beside it."""
    files = files_of_run(folder)
    require_one_origin(folder, files.own)
    model = ModelOfRun.read(files, files.own)
    require_right(file, model.simulated, simulated_model, option)
    spectra = read_like_training([file], model)
    hybrid = None
    if (folder / "hybrid" / "model.fits").is_file():
        other = files_of_run(folder, HYBRID)
        tables_of(other, ())
        settings = {"snr_min": model.prediction["snr_min"], "usable": model.usable}
        hybrid = hybrid_stars.label_stars(
            model_file.read(other.model), spectra, settings, threads=1
        )
    return one.of_spectrum(model, spectra, hybrid, posterior=posterior)


def require_right(
    file: str, simulated: bool, simulated_model: bool, option: str
) -> None:
    """Refuse a file that is not of one spectrum that a model may label.

    Parameters
    ----------
    simulated
        Whether the model is of simulated stars.
    simulated_model
        Whether it may label real ones nevertheless.
    option
        What lets it, for the message.

    Raises
    ------
    InputError
        If it cannot be read or holds several spectra, or if it is real and the model
        is not.
    """
    read(file)
    if simulated and not simulated_model:
        require_simulated(whether_simulated([file]), option)
