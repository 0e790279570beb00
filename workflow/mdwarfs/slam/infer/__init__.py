"""Inference: labels of maximum posterior from spectra and a trained model."""
