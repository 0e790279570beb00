"""A sample that is given: spectra and labels of any origin."""
