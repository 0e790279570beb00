"""Uncertainties, the catalogue of labels, and comparisons: stages 11 to 13."""
