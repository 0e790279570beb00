"""Fifty-four real LAMOST spectra: list, spectra and verdict."""
