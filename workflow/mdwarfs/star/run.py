"""The stars of a run: read the files that are needed, and match their rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.config import read_run_config
from mdwarfs.errors import InputError
from mdwarfs.labelling.beside_model import require_one_origin
from mdwarfs.run import seals
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.draws import DRAWS, draw
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted
from mdwarfs.star import fitted
from mdwarfs.star.identify import find_star, names_of
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.slam.infer.draws import Draws
    from mdwarfs.slam.infer.map import MaximumPosterior
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.star.fitted import Fitted

MODEL, CATALOGUE = "slam/model.fits", "catalogue/slam_labels.fits"
SPECTRA = "spectra/normalised.fits"
NEEDED = {
    MODEL: "train",
    CATALOGUE: "predict",
    SPECTRA: "predict",
    CONFIGURATION: "train",
}
"""Files of a run, and the targets that make them."""
HYBRID, LABELS = "catalogue/hybrid_labels.fits", "samples/labels.fits"
SPLIT, CANDIDATES = "samples/split.fits", "samples/candidates.fits"
TRUTH, TRUE = "raw/truth.fits", "true_"
SELECTED = "samples/m_type.fits"
"""Files that a run may have as well."""


@dataclass(frozen=True)
class StarsOfRun:
    """The stars of a run; `StarsOfRun.open` reads them.

    Attributes
    ----------
    folder
        The results of the run.
    run, simulated
        Its name, and whether its stars are simulated.
    config
        Its whole configuration.
    trained
        The model.
    catalogue
        A row per star.
    hybrid
        The same of the hybrid labels, in the same order; None without.
    known
        Reference labels of the stars, `e_*` with them, the truth `true_*` of a
        simulation, and `role`, in the same order: NaN and "" where there are none.
    """

    folder: Path
    run: str
    simulated: bool
    config: dict
    trained: TrainedModel
    catalogue: Table
    hybrid: Table | None
    known: Table

    @classmethod
    def open(cls, folder: PathLike) -> StarsOfRun:
        """Read what a run says of its stars.

        Parameters
        ----------
        folder
            Its results, as results/simulated.

        Raises
        ------
        InputError
            If a file is missing, with the target that makes it, or if catalogue, model
            and configuration do not belong together, or disagree about whether the
            stars are simulated.
        """
        folder = Path(folder)
        require_run(folder)
        config = read_run_config(folder / CONFIGURATION)
        require_one_origin(folder, config)
        trained = regressors.read(folder / MODEL)
        seals.require_configuration(
            folder / CONFIGURATION, config, folder / MODEL, trained.settings
        )
        catalogue = tables.read(folder / CATALOGUE)
        own = folder / CATALOGUE, catalogue, folder / MODEL
        seals.require(*own, config["prediction"], "predict")
        source_id = np.asarray(catalogue["source_id"])
        hybrid = None
        if (folder / HYBRID).is_file():
            hybrid = tables.read(folder / HYBRID)
            hybrid = lookup(hybrid, match(source_id, hybrid["source_id"]))
        return cls(
            folder=folder,
            run=str(catalogue.meta.get("RUN", "")),
            simulated=bool(catalogue.meta.get("SIMULATD", False)),
            config=config,
            trained=trained,
            catalogue=catalogue,
            hybrid=hybrid,
            known=known_labels(folder, source_id, trained.label_names),
        )

    def __len__(self):
        return len(self.catalogue)

    @property
    def names(self) -> tuple[str, ...]:
        """The labels of the model."""
        return self.trained.label_names

    @property
    def usable(self) -> dict:
        """Lowest and highest usable values, by the label."""
        given = self.config["prediction"]["usable"]
        return {name: tuple(given[name]) for name in self.names if name in given}

    @cached_property
    def predictor(self) -> MaximumPosterior:
        """What finds labels by the model."""
        return labeller(self.trained)

    @cached_property
    def training(self) -> Table:
        """Labels of the training stars."""
        return training_labels(self.trained)

    @cached_property
    def identifiers(self) -> dict[str, np.ndarray]:
        """What the stars are called, see `mdwarfs.star.identify.names_of`."""
        with SpectrumSet.open(self.folder / SPECTRA) as spectra:
            said = [self.catalogue, spectra.stars]
        for name in (CANDIDATES, LABELS):
            if (self.folder / name).is_file():
                said.append(tables.read(self.folder / name))
        return names_of(np.asarray(self.catalogue["source_id"]), said)

    def row(self, star: str) -> int:
        """The row of a star in the catalogue, by any of its names.

        Raises
        ------
        InputError
            If there is no such star: why it is no candidate, if the run has met it,
            or else names that are like it.
        """
        try:
            return find_star(star, self.identifiers, str(self.folder))
        except InputError as error:
            why = self._refused(star)
            if why:
                raise InputError(why) from error
            raise

    def spectrum_rows(self, rows: np.ndarray) -> np.ndarray:
        """Rows of the file of spectra of some stars, shape (k,); -1 without."""
        with SpectrumSet.open(self.folder / SPECTRA) as spectra:
            stars = spectra.stars
            own = match(self.catalogue["source_id"][rows], stars["source_id"])
            return np.where((own >= 0) & spectra.ok[own], own, -1)

    def fitted(self, rows: np.ndarray) -> Fitted:
        """Spectra and best models of stars of the catalogue: some ms for each.

        Parameters
        ----------
        rows : int, shape (k,)
            Of the catalogue; each has to have a spectrum (`spectrum_rows`).

        Returns
        -------
        fitted
            Of k stars, in that order.

        Raises
        ------
        InputError
            If one has none.
        """
        rows = np.asarray(rows, int)
        own = self.spectrum_rows(rows)
        if (own < 0).any():
            raise InputError(
                f"star {self.catalogue['source_id'][rows[own < 0][0]]} has no "
                "normalised spectrum"
            )
        prediction = self.config["prediction"]
        with SpectrumSet.open(self.folder / SPECTRA) as spectra:
            spectra.require(self.trained.wavelength)
            spectra = weighted(spectra, prediction["weighting"])
            flux, ivar = spectra.flux[own], spectra.ivar[own]
        return fitted.fit(self.predictor, flux, ivar, prediction.get("prior"))

    def draws(self, rows: np.ndarray) -> Draws:
        """Draws from the posteriors of stars, as `catalogue/slam_posteriors.fits` has.

        Those of the stars that the product has are the same there, but that a last bit
        of the fit may turn one draw into another. It takes some 40 ms a star.

        Parameters
        ----------
        rows : int, shape (k,)
            Of the catalogue; each has to have a spectrum (`spectrum_rows`).

        Raises
        ------
        InputError
            If one has none.
        """
        spectra = self.fitted(rows)
        return draw(
            self.predictor,
            spectra.flux,
            spectra.ivar,
            np.asarray(self.catalogue["source_id"])[rows],
            draws=self.config.get("posterior", {}).get("draws", DRAWS),
            seed=self.config["seed"],
            prior=self.config["prediction"].get("prior"),
        )

    def blocks(self, rows: np.ndarray, size: int = 256) -> Iterator[Fitted]:
        """Yield `fitted` of many stars, block by block, so that memory stays small."""
        for start in range(0, len(rows), size):
            yield self.fitted(rows[start : start + size])

    def _refused(self, star):
        """Why a star that the run has met is no candidate; None if it has not."""
        if not (self.folder / SELECTED).is_file():
            return None
        met = tables.read(self.folder / SELECTED)
        try:
            row = find_star(star, names_of(met["source_id"], [met]), SELECTED)
        except InputError:
            return None
        failed = [
            met[name].info.description
            for name in met.colnames
            if name.startswith("criterion_") and not met[name][row]
        ]
        reason = met["reason"][row] or f"it does not meet {'; '.join(failed)}"
        return f"{star} is an M star of {self.folder}, but no candidate: {reason}"


def require_run(folder: Path) -> None:
    """Refuse a folder that has not what `StarsOfRun.open` needs.

    Raises
    ------
    InputError
        With the target that makes the first that is missing.
    """
    if not any((folder / name).is_file() for name in NEEDED):
        raise InputError(
            f"{folder} holds no results of a run: it has none of {', '.join(NEEDED)}. "
            "Give the folder below results/, as results/simulated"
        )
    for name, target in NEEDED.items():
        if not (folder / name).is_file():
            raise InputError(
                f"{folder / name}: there is no such file. The target `{target}` of the "
                "workflow makes it"
            )


def training_labels(trained: TrainedModel) -> Table:
    """Labels of the training stars of a model, each with its unit."""
    table = Table(dict(zip(trained.label_names, np.asarray(trained.labels).T)))
    for name in table.colnames:
        table[name].info.unit = (meaning(name) or ("", ""))[0] or None
    return table


def known_labels(folder: Path, source_id: np.ndarray, names: tuple) -> Table:
    """What is known of stars without their spectra.

    Parameters
    ----------
    folder
        Of the run.
    source_id : int, shape (n,)
    names
        Of the labels.

    Returns
    -------
    table
        n rows: the reference labels with `e_*`, and the truth `true_*` of simulated
        stars, NaN where not known; and `role`: "train", "test", or "" of other stars.
    """
    table = Table()
    labels = tables.read(folder / LABELS) if (folder / LABELS).is_file() else None
    split = tables.read(folder / SPLIT) if (folder / SPLIT).is_file() else None
    rows = np.full(len(source_id), -1)
    if labels is not None:
        rows = match(source_id, labels["source_id"])
    for name in names:
        for column in (name, f"e_{name}"):
            table[column] = np.full(len(source_id), np.nan)
            if labels is not None and column in labels.colnames:
                values = np.append(np.asarray(labels[column], float), np.nan)
                table[column] = values[rows]
    if (folder / TRUTH).is_file():
        truth = tables.read(folder / TRUTH)
        there = [name for name in names if name in truth.colnames]
        found = lookup(truth[there], match(source_id, truth["source_id"]))
        for name in there:
            table[f"{TRUE}{name}"] = found[name]
    role = np.full(len(source_id), "", dtype="U7")
    if split is not None:
        own = match(source_id, split["source_id"])
        role = np.where(own >= 0, np.append(np.asarray(split["role"]), "")[own], "")
    table["role"] = role
    return table
