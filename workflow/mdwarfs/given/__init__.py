"""Runs on a given sample: spectra and labels of any origin."""
