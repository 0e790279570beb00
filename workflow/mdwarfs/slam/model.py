"""A trained SLAM: what training has found, and its file."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.errors import InputError
from mdwarfs.slam import model_file
from mdwarfs.slam.standardise import LabelScale


@dataclass(frozen=True)
class Slam:
    """The parameters of one support-vector regression from labels to flux per pixel.

    Its spectra are those of `mdwarfs.slam.slam_spectra.SlamSpectra`; labels are found
    by `mdwarfs.slam.labeller.labeller`.

    Attributes
    ----------
    label_names : tuple of str, length d
    labels : ndarray, shape (n, d)
        Of the training stars.
    source_id : ndarray of int, shape (n,)
        Of the training stars; zero where unknown.
    wavelength : ndarray, shape (p,)
        In vacuum, rest frame [Angstrom].
    pixels : astropy.table.Table
        One row per pixel, columns `pixel_columns.COLUMNS`.
    dual : ndarray, shape (n, p)
        Coefficients of the kernel functions, in standardised flux.
    grid : dict of str to list of float
        Values of C, epsilon and gamma among which the pixels chose.
    normalisation : dict
        How the training spectra were prepared (the configuration's section), for
        those who prepare other spectra likewise; empty if not recorded.
    """

    label_names: tuple
    labels: np.ndarray
    source_id: np.ndarray
    wavelength: np.ndarray
    pixels: Table
    dual: np.ndarray
    grid: dict
    normalisation: dict

    @cached_property
    def scale(self):
        """Standardisation of the labels."""
        return LabelScale.of(self.labels, self.label_names)

    @cached_property
    def informative(self):
        """Pixels from which labels can be learnt: ndarray of bool, shape (p,)."""
        return np.asarray(self.pixels["scale"] > 0) & np.isfinite(self.pixels["gamma"])

    def write(self, path, stamp):
        """Write as FITS; see `mdwarfs.slam.model_file.write`."""
        model_file.write(self, path, stamp)

    @classmethod
    def joined(cls, parts):
        """Join models of the same stars, at successive wavelengths, to one.

        Raises
        ------
        InputError
            If they were not trained on the same stars and grid, or if the wavelengths
            do not ascend.
        """
        first = parts[0]
        wavelength = np.concatenate([part.wavelength for part in parts])
        alike = all(
            part.label_names == first.label_names
            and np.array_equal(part.labels, first.labels)
            and np.array_equal(part.source_id, first.source_id)
            and part.grid == first.grid
            and part.normalisation == first.normalisation
            for part in parts
        )
        if not alike or np.any(np.diff(wavelength) <= 0):
            raise InputError(
                f"these {len(parts)} models are not the parts of one: their stars, "
                "grids or wavelengths do not fit together; train them anew"
            )
        return replace(
            first,
            wavelength=wavelength,
            pixels=vstack([part.pixels for part in parts]),
            dual=np.concatenate([part.dual for part in parts], axis=1),
        )

    @classmethod
    def read(cls, path):
        """Read a file that `write` made.

        Raises
        ------
        InputError
            If the file is missing or is not a SLAM model.
        """
        return cls(**model_file.read(path))
