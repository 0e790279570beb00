"""Bits of the pixel masks of SDSS spectra, which several of its formats have."""

BRIGHTSKY = 1 << 23
"""SPPIXMASK bit: the sky is so much brighter than the star that its subtraction cannot
be trusted (sdss3.org, bitmask_sppixmask). Worse conditions have ivar 0 already."""
