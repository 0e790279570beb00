"""SLAM: a regression of every pixel's flux on the labels, and labels from spectra."""
