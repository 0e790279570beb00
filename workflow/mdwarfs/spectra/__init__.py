"""Spectra: reading, rest frame, common grid, pseudo-continuum."""
