"""SLAM for users of the Python interface: a model that trains, predicts and plots."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np
from astropy.io import fits
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs import tables
from mdwarfs.api import plots
from mdwarfs.api.arrays import as_set, extent, same_wavelengths
from mdwarfs.api.inputs import hinting, label_values, number_of_threads, whole_number
from mdwarfs.api.labelled import (
    describe_labels,
    identifiers,
    mark_simulated,
    settings_of,
    table_of,
    whether_simulated,
)
from mdwarfs.api.limits import (
    flag_by,
    limits_by_refits,
    limits_for,
    warn_of_limits,
)
from mdwarfs.api.spectra import Unread, are_observed, normalised
from mdwarfs.api.training import TrainingOptions, made_by, to_train_on
from mdwarfs.errors import InputError
from mdwarfs.labelling.beside_model import (
    configuration,
    files_of_model,
    limits_beside,
    tables_of,
    taken_at_rest,
)
from mdwarfs.labelling.files import require_simulated
from mdwarfs.run import seals
from mdwarfs.slam import regressors
from mdwarfs.slam.defaults import FOLDS, GRID, REGRESSOR
from mdwarfs.slam.held_out import LEAVE_ONE_OUT, cross_validated_labels
from mdwarfs.slam.infer.flags import NO_LIMITS, Flag, caution, flag
from mdwarfs.slam.infer.residuals import COLUMNS as RESIDUALS
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum import Spectrum
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.velocities import AgainstTemplate, as_it_is
from mdwarfs.validation.fit_limits import (
    FEWEST,
    learn_limits,
    limits_basis,
    limits_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.types import PathLike

PREFIXES = "formal_e_", "continued_"
MEASURED = (
    "snr", "chi2", "dof", "correlation", "v_offset", "v_stretch", *RESIDUALS,
)  # fmt: skip
"""What limits are learnt from, of each label and of all together."""


class Slam:
    """A trained SLAM: `Slam.fit` trains one, `Slam.load` reads one.

    Spectra are given in one of three ways: as `mdwarfs.normalise` makes them; as
    `mdwarfs.read_spectra` reads them (to `predict` and `plot`, which normalise them as
    the training spectra were); or as an array of normalised flux, a row per star, with
    `ivar` or `error` and the `wavelength` that all stars share.

    Parameters
    ----------
    trained
        As a regressor trains it (`mdwarfs.slam.trained_model`).
    simulated
        Whether it was trained on simulated stars.
    limits
        As `mdwarfs.validation.fit_limits.learn_limits` makes them, or None if none are
        known. If that function had too few stars to learn any, the attribute `limits`
        is None, too.
    run, configuration
        Of the file that it was read from: name of its run, and digest of what it was
        trained with (`mdwarfs.run.seals`).
    prediction
        Section of a configuration: its prior, usable ranges and least SNR are those of
        `predict`. Default: none of these.
    at_rest
        Whether spectra that are read are taken to be at rest, as those of its run were.

    Examples
    --------
    Forty invented stars, whose flux at thirty pixels depends on two labels:

    >>> rng = np.random.default_rng(0)
    >>> labels = {"teff": rng.uniform(3000, 4000, 40), "feh": rng.normal(0, 0.2, 40)}
    >>> teff, feh = (labels["teff"][:, None] - 3500) / 500, labels["feh"][:, None]
    >>> wavelength = np.linspace(6000, 6100, 30)
    >>> flux = 1 + 0.1 * teff * np.sin(wavelength) + 0.3 * feh * np.cos(wavelength)
    >>> flux += rng.normal(0, 0.01, flux.shape)
    >>> error = np.full(flux.shape, 0.01)

    >>> grid = {"C": [1, 10], "epsilon": [0.1], "gamma": [0.1]}
    >>> slam = Slam.fit(flux[:30], {x: v[:30] for x, v in labels.items()},
    ...                 error=error[:30], wavelength=wavelength, grid=grid, folds=5)
    >>> slam
    <Slam: teff, feh from 30 pixels, 6000-6100 Angstrom; 30 training stars>

    >>> found = slam.predict(flux[30:], error=error[30:])
    >>> bool(np.median(np.abs(found["teff"] - labels["teff"][30:])) < 20)
    True
    >>> found.colnames[:5]
    ['snr', 'teff', 'feh', 'formal_e_teff', 'formal_e_feh']

    >>> slam.spectra({"teff": [3200, 3600], "feh": 0.1}).shape
    (2, 30)

    >>> slam.predict(flux[30:], error=error[30:], wavelength=wavelength + 1)
    Traceback (most recent call last):
        ...
    mdwarfs.errors.InputError: the wavelengths are not those of the model: 30 pixels, \
6001-6101 Angstrom, instead of 30 pixels, 6000-6100 Angstrom; resample the spectra to \
slam.wavelength
    """

    def __init__(
        self,
        trained: TrainedModel,
        simulated: bool = False,
        *,
        limits: Table | None = None,
        run: str = "python",
        configuration: str = "unknown",
        prediction: dict[str, Any] | None = None,
        at_rest: bool = False,
    ) -> None:
        self.trained, self.simulated = trained, simulated
        known = limits is not None and limits_basis(limits_of(limits)) != NO_LIMITS
        self.limits = limits if known else None
        self.run, self.configuration = run, configuration
        nothing = settings_of(self.names, None, None, 0.0)
        self.prediction = nothing if prediction is None else dict(prediction)
        self.at_rest = at_rest

    def __repr__(self):
        wavelength = self.wavelength
        return (
            f"<Slam: {', '.join(self.names)} from {extent(wavelength)}; "
            f"{len(self.trained.labels)} training stars"
            + (", simulated" if self.simulated else "")
            + ("; no limits of the fit>" if self.limits is None else ">")
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The labels."""
        return self.trained.label_names

    @property
    def wavelength(self) -> np.ndarray:
        """Of the spectra: in vacuum, rest frame [Angstrom], shape (p,)."""
        return self.trained.wavelength

    @property
    def labels(self) -> Table:
        """Labels of the training stars: a row per star."""
        return describe_labels(
            Table(dict(zip(self.names, self.trained.labels.T))), self.names
        )

    @classmethod
    @hinting
    def fit(
        cls,
        spectra: SpectrumSet | ArrayLike,
        labels: Mapping | Table | ArrayLike,
        *,
        wavelength: ArrayLike | None = None,
        ivar: ArrayLike | None = None,
        error: ArrayLike | None = None,
        names: Sequence[str] | None = None,
        grid: Mapping[str, ArrayLike] = GRID,
        folds: int = FOLDS,
        seed: int = 0,
        threads: int | None = None,
        simulated: bool = False,
        held_out: int = 5,
        regressor: str = REGRESSOR,
        settings: Mapping[str, Any] | None = None,
    ) -> Slam:
        """Train on stars whose labels are known.

        Parameters
        ----------
        spectra : shape (n, p) if an array
            Stars whose spectrum cannot be used are left out, and a warning says so.
        labels
            A dict or a table (astropy, pandas, structured array) with a column per
            label, or an array of shape (n, d). A label may have any plain name. Those
            of `mdwarfs.labels` have units, into which columns are converted, and are
            held to the values that a star can have.
        wavelength, ivar, error
            Of an array: see `mdwarfs.normalise`.
        names
            Labels to take of a table (default: those that `mdwarfs.labels` knows), or
            what the columns of an array are.
        grid
            Values of C, epsilon and gamma to choose from, pixel by pixel. Those 75 of
            config/config.yaml, for a thousand stars, take 0.2 s of one core per pixel.
        folds
            Of the cross-validation that chooses.
        seed
            Of the assignment of stars to folds.
        threads
            Default: the number of cores. The model does not depend on it.
        simulated
            Say of the model that its stars are simulated. Of files that say so of
            themselves it is known.
        held_out
            Number of parts of the stars that are held out one after the other, to learn
            what sound spectra give when the model has not seen them: the limits of the
            fit, beyond which `predict` flags spectra (`with_limits` learns them more
            thoroughly, and more slowly). Less than 2, or fewer stars than
            `mdwarfs.validation.fit_limits.FEWEST`: no limits, and no such flags.
        regressor
            What learns the flux of a pixel, by its name in `mdwarfs.slam.regressors`.
            Default: support vectors.
        settings
            Of a regressor that takes others than `grid` and `folds`.

        Returns
        -------
        slam

        Raises
        ------
        InputError
            If spectra and labels do not belong together, are not numbers or not
            normalised, or nothing can be learnt from them; if there is no such
            regressor, or it takes other settings.
        """
        given = TrainingOptions(
            wavelength=wavelength, ivar=ivar, error=error, names=names, grid=grid,
            folds=folds, seed=seed, threads=threads, simulated=simulated,
            regressor=regressor, settings=settings,
        )  # fmt: skip
        known, learner, options = to_train_on(spectra, labels, given)
        held_out = whole_number(held_out, "held_out", 0)
        normalisation = getattr(known.spectra, "settings", {})
        configuration = made_by(learner, known.names, normalisation, options)
        trained = learner.fit(
            known.labels,
            known.flux,
            known.ivar,
            label_names=known.names,
            wavelength=known.spectra.wavelength,
            source_id=identifiers(known.spectra)[known.rows],
            normalisation=normalisation,
            **options,
        )
        limits = None
        if held_out > 1 and len(known.rows) >= FEWEST:
            limits = limits_by_refits(trained, known, held_out, options)
        return cls(
            trained,
            known.simulated,
            limits=limits,
            configuration=configuration,
        )

    @classmethod
    @partial(hinting, handed_on=TrainingOptions.__annotations__)
    def cross_validate(
        cls,
        spectra: SpectrumSet | ArrayLike,
        labels: Mapping | Table | ArrayLike,
        *,
        held_out: int | Literal["leave-one-out"] = 5,
        prior: dict[str, dict[str, float]] | None = None,
        usable: dict[str, tuple[float, float]] | None = None,
        snr_min: float = 0.0,
        **training: Unpack[TrainingOptions],
    ) -> Table:
        """Labels of stars by models that have not seen them, to compare with theirs.

        Parameters
        ----------
        spectra, labels
            As for `fit`.
        held_out
            Number of parts, drawn at random, that are held out one after the other, or
            "leave-one-out". Each takes a training of its own.
        prior, usable, snr_min
            As for `predict`.
        **training
            As for `fit`: wavelength, ivar, error, names, grid, folds, seed, threads,
            simulated, regressor and settings.

        Returns
        -------
        table
            As that of `predict`: a row per star, in their order. `with_limits` takes
            it. `continued_x` are not labels to be used: they tell stars that are
            unlike the training stars.
        """
        known, learner, options = to_train_on(spectra, labels, training)
        names, rows = known.names, known.rows
        prediction = settings_of(names, prior, usable, snr_min)
        if held_out != LEAVE_ONE_OUT:
            whole_number(held_out, f'held_out, if not "{LEAVE_ONE_OUT}",', 2, len(rows))
        found = cross_validated_labels(
            learner,
            known.labels,
            known.flux,
            known.ivar,
            held_out=held_out,
            prediction=prediction,
            label_names=names,
            wavelength=known.spectra.wavelength,
            **options,
        )
        found.flags |= caution(found.labels, names, known.snr, prediction)
        found = found.table()
        found["snr"] = known.snr
        flag_by(limits_for(found, names, prediction), found, names)
        table = table_of(known.spectra, names, found, rows)
        table.meta[seals.LABELLED] = seals.labelling_digest(prediction)
        mark_simulated(table, known.spectra, known.simulated)
        return table

    def with_limits(self, tested: Table) -> Slam:
        """The same model, which flags spectra that are unlike the training stars.

        Parameters
        ----------
        tested
            As `cross_validate` gives it of the training stars.

        Returns
        -------
        slam
            Its `predict` sets the flags velocity, bad_fit, unlike_model, uncertain,
            outside_training and resolution, at limits beyond which less than one in a
            hundred stars like the training stars is expected, and two in a hundred at
            the metal-poor end (`mdwarfs.validation.fit_limits`). The fewer stars, the
            wider they are.

        Raises
        ------
        InputError
            If it is no such table, or of other labels.
        """
        needed = [f"{prefix}{x}" for x in self.names for prefix in PREFIXES]
        lacking = [x for x in (*needed, *MEASURED) if x not in tested.colnames]
        if lacking:
            raise InputError(
                f"the table has no {', '.join(lacking)}: it has to be that of "
                "Slam.cross_validate, of the same labels"
            )
        found = Table({name: np.asarray(tested[name], float) for name in MEASURED})
        for name in self.names:
            found[f"e_{name}"] = np.asarray(tested[f"formal_e_{name}"], float)
        found["continued"] = np.stack(
            [np.asarray(tested[f"continued_{name}"], float) for name in self.names], 1
        )
        limits = learn_limits(found, self.names)
        if seals.LABELLED in tested.meta:
            limits.meta[seals.LABELLED] = tested.meta[seals.LABELLED]
        return Slam(
            self.trained,
            self.simulated,
            limits=limits,
            run=self.run,
            configuration=self.configuration,
            prediction=self.prediction,
            at_rest=self.at_rest,
        )

    @hinting
    def predict(
        self,
        spectra: SpectrumSet | Sequence[Spectrum] | ArrayLike,
        *,
        wavelength: ArrayLike | None = None,
        ivar: ArrayLike | None = None,
        error: ArrayLike | None = None,
        prior: dict[str, dict[str, float]] | None = None,
        usable: dict[str, tuple[float, float]] | None = None,
        snr_min: float | None = None,
        threads: int | None = None,
        simulated_model: bool = False,
    ) -> Table:
        """Labels of stars from their spectra.

        Parameters
        ----------
        spectra : shape (n, p) or (p,) if an array
        wavelength, ivar, error
            Of an array: see `mdwarfs.normalise`. Without `wavelength` it has to have
            the pixels of the model.
        prior
            Mean and standard deviation of labels, as {"feh": {"mean": -0.1, "sigma":
            0.3}}; {} is flat within the range of the training stars. Default, as of
            the next two: the model's own (`prediction`), which `load` reads of a run,
            and which are none of a model that `fit` made.
        usable
            Lowest and highest value of labels beyond which they are flagged, as
            {"teff": (3100, 3900)}; of labels that have a bit `outside` in
            `mdwarfs.labels`: feh, teff and logg. {}: of none.
        snr_min
            Signal-to-noise ratio per pixel below which stars are flagged.
        threads
            Default: the number of cores.
        simulated_model
            Let a model of simulated stars label spectra that are not.

        Returns
        -------
        table
            One row per star, in their order: labels x; `formal_e_x`, their errors from
            the noise of the pixels alone, which are too small by factors of two to
            four; the quality of the fit; `flags`, in words in `flag_names`; and
            `reason`, why a star has no labels, or why those of a star without any flag
            are not recommended. Labels are not to be trusted where
            there are flags; without any they may still be wrong if the star is of a
            kind that the training stars are not.

            The flags velocity, bad_fit, unlike_model, uncertain, outside_training and
            resolution are set where the limits of the fit are known: `fit` learns them,
            and `with_limits`; of a run they are in validation/fit_limits.ecsv. Else no
            star has these flags or is recommended, and `reason`, `meta` (FITLIMIT) and
            a warning say so. An SNR that a file states, and its flux and errors do not
            have, sets bad_fit.

            Of spectra that were read, `v_rad_source` says whether the velocity is the
            file's or was found by comparison with the model.

            `meta` also says whether anything (SIMULATD), and whether the model
            (SIMMODEL), is simulated; if so, columns do, too.

        Raises
        ------
        InputError
            If the spectra are not on the wavelengths of the model or not normalised, or
            are real and the model is not.
        """
        spectra = self._prepared(spectra, wavelength, ivar, error)
        if self.simulated and not simulated_model:
            require_simulated(whether_simulated(spectra), "simulated_model=True")
        own = self.prediction
        if usable is None:  # a run may have ranges of labels that its model lacks
            usable = {x: own["usable"][x] for x in own["usable"] if x in self.names}
        prediction = settings_of(
            self.names,
            own["prior"] if prior is None else prior,
            usable,
            own["snr_min"] if snr_min is None else snr_min,
        )
        warn_of_limits(self.limits, prediction)
        stars = spectra.stars
        plain = SpectrumSet(
            spectra.wavelength,
            spectra.flux,
            spectra.ivar,
            Table(
                {
                    "source_id": identifiers(spectra),
                    "sdss_id": np.zeros(len(stars), np.int64),
                    "snr": np.asarray(stars["snr"], float),
                    "status": np.asarray(stars["status"]),
                }
            ),
        )
        found = label_stars(
            labeller(self.trained), plain, prediction, number_of_threads(threads)
        )
        flag_by(self.limits, found, self.names)
        if "snr_misstated" in stars.colnames:
            found["flags"] |= flag(stars["snr_misstated"], Flag.BAD_FIT)
        table = table_of(spectra, self.names, found, np.arange(len(stars)))
        table.remove_columns([f"continued_{name}" for name in self.names])
        mark_simulated(table, spectra, self.simulated)
        return table

    @hinting
    def spectra(self, labels: Mapping | Table | ArrayLike) -> np.ndarray:
        """Model spectra.

        Parameters
        ----------
        labels
            As for `fit`; in a dict, a single number is that of all.

        Returns
        -------
        shape (m, p)
            Normalised flux at `wavelength`; NaN in pixels of which training could say
            nothing. Outside the range of the training stars it means nothing, and a
            warning says so.

        Raises
        ------
        InputError
            If a label is missing, or not a number.
        """
        if isinstance(labels, Mapping):
            unknown = [x for x in [*labels, *self.names] if x not in self.names]
            if unknown:
                raise InputError(
                    f"there is no label {', '.join(unknown)}: those of the model are "
                    + ", ".join(self.names)
                )
            given = {x: np.atleast_1d(v) for x, v in labels.items() if np.ndim(v) == 0}
            sizes = [len(v) for x, v in labels.items() if x not in given]
            size = max(sizes, default=1)
            labels = dict(labels) | {x: np.repeat(v, size) for x, v in given.items()}
        _, values = label_values(labels, self.names)
        if not np.isfinite(values).all():
            raise InputError("labels of model spectra have to be numbers")
        low, high = self.trained.labels.min(axis=0), self.trained.labels.max(axis=0)
        for name, column, least, most in zip(self.names, values.T, low, high):
            if ((column < least) | (column > most)).any():
                warnings.warn(
                    f"some {name} are outside {least:.6g} to {most:.6g}, the range of "
                    "the training stars, where model spectra mean nothing",
                    stacklevel=2,
                )
        return self.trained.spectral_model().spectra(values)

    def plot(
        self,
        spectra: SpectrumSet | Sequence[Spectrum] | ArrayLike,
        star: int = 0,
        *,
        wavelength: ArrayLike | None = None,
        ivar: ArrayLike | None = None,
        error: ArrayLike | None = None,
        axes: Sequence[Axes] | None = None,
    ) -> np.ndarray:
        """Plot a star: its spectrum over the model's, and the difference.

        Parameters
        ----------
        spectra, wavelength, ivar, error
            As for `predict`.
        star
            Its row.
        axes
            Two, to plot into. Default: those of a new figure.

        Returns
        -------
        axes : shape (2,)
            Matplotlib's: spectra, and residual.
        """
        spectra = self._prepared(spectra, wavelength, ivar, error)
        if not -len(spectra) <= star < len(spectra):
            raise InputError(f"there is no star {star}: there are {len(spectra)}")
        one = spectra[np.array([star])]
        if not one.ok[0]:
            raise InputError(f"star {star} cannot be used: {one.stars['status'][0]}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of `predict`, which has said it
            row = self.predict(one, threads=1, simulated_model=True)[0]
        if int(row["flags"]) & Flag.NO_LABELS:
            raise InputError(f"star {star} has no labels: {row['reason']}")
        labels = np.array([[row[name] for name in self.names]])
        model = self.trained.spectral_model().spectra(labels)[0]
        return plots.star(
            self.wavelength, one.flux[0], one.ivar[0], model, row, self.names, axes
        )

    def plot_labels(
        self,
        found: Table,
        reference: Mapping | Table | ArrayLike,
        axes: Sequence[Axes] | None = None,
    ) -> np.ndarray:
        """Plot labels that were found against those of reference, label by label.

        Parameters
        ----------
        found
            As `predict` or `cross_validate` gives it.
        reference
            The same stars; as `labels` for `fit`.
        axes
            One per label, to plot into. Default: those of a new figure.

        Returns
        -------
        axes : shape (d,)
            Matplotlib's.
        """
        names, values = label_values(reference, self.names)
        if len(values) != len(found):
            raise InputError(
                f"there are labels of {len(found)} star(s), and reference labels of "
                f"{len(values)}: the rows have to be the same stars"
            )
        return plots.labels(found, dict(zip(names, values.T)), axes)

    def save(self, path: PathLike) -> None:
        """Write a model file, as the workflow's slam/model.fits is one.

        It keeps the prior, the usable ranges and the least SNR of the model; not
        whether spectra are taken to be at rest. The limits of the fit, if they are
        known, are written beside it: those of m.fits into m_fit_limits.ecsv. `load` and
        `mdwarfs predict --model m.fits` find them there.

        Parameters
        ----------
        path
            Ends in .fits. A file that is there is replaced.
        """
        if not str(path).endswith(".fits"):
            raise InputError(
                f"{path}: a model is a FITS file; let its name end in .fits"
            )
        tables.require_writable(path)
        stamp = {"run": self.run, "simulated": self.simulated}
        beside = limits_beside(path)
        beside.unlink(missing_ok=True)  # of another model, if there is one
        self.trained.write(path, stamp)
        seals.seal(path, self.configuration, self.prediction)
        if self.limits is not None:
            limits = self.limits.copy()
            own = seals.label_marks(path, self.prediction)
            limits.meta = own | limits.meta | {x: own[x] for x in seals.DIGESTS}
            tables.write(limits, beside, stamp)

    @classmethod
    def load(cls, path: PathLike) -> Slam:
        """Read a model file: one of `save`, or slam/model.fits of a run.

        With the limits of the fit, if they are there: beside it as `save` writes them,
        or as validation/fit_limits.ecsv of the run. `predict` takes the prior, usable
        ranges and least SNR of the run's audit/config.yaml, or those that `save` wrote.
        Of the file of a run that was copied out of it they are not known: they are
        those of the default configuration, as for `mdwarfs predict --model`.

        Raises
        ------
        InputError
            If it is none, or has limits that were made with another model, or lies in a
        run of another configuration.
        """
        if Path(path).is_dir():
            places = "slam/model.fits", "model.fits"
            inside = [x for x in places if Path(path, x).is_file()]
            raise InputError(
                f"{path} is a folder: name the file of a model"
                + (f", as {Path(path, inside[0])}" if inside else "")
            )
        trained, header = regressors.read(path), fits.getheader(path)
        files = files_of_model(path)
        config = configuration(files, None)
        return cls(
            trained,
            seals.is_simulated(path),
            limits=tables_of(files, trained.settings).get("limits"),
            run=header.get("RUN", "python"),
            configuration=header.get(seals.CONFIG, "unknown"),
            prediction=config["prediction"],
            at_rest=taken_at_rest(config),
        )

    def _prepared(self, spectra, wavelength, ivar, error):
        """The spectra on the pixels of the model."""
        if isinstance(spectra, Spectrum):
            spectra = [spectra]
        if are_observed(spectra):
            if not self.trained.normalisation:
                raise InputError(
                    "the model was trained on arrays, and does not know how spectra "
                    "are normalised: give normalised arrays, or train it on what "
                    "mdwarfs.normalise makes"
                )
            mean = self.trained.labels.mean(axis=0)
            template = self.trained.spectral_model().spectra(mean)[0]
            settings = self.trained.normalisation
            velocity = as_it_is if self.at_rest else AgainstTemplate(template, settings)
            prepared = normalised(spectra, settings, velocity)
            unread = [isinstance(spectrum, Unread) for spectrum in spectra]
            prepared.stars["unread"] = np.array(unread, bool)
            return prepared
        if wavelength is None and not isinstance(spectra, SpectrumSet):
            wavelength = self.wavelength
            pixels = np.shape(spectra)[-1] if np.ndim(spectra) else 0
            if pixels != len(wavelength):
                raise InputError(
                    f"the spectra have {pixels} pixels, and the model "
                    f"{extent(wavelength)}: resample them to slam.wavelength"
                )
        spectra = as_set(spectra, wavelength, ivar, error)
        if not same_wavelengths(spectra.wavelength, self.wavelength):
            raise InputError(
                f"the wavelengths are not those of the model: "
                f"{extent(spectra.wavelength)}, instead of {extent(self.wavelength)}; "
                "resample the spectra to slam.wavelength"
            )
        return spectra
