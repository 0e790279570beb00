"""One star: its spectrum, its best model, its labels, its posterior.

What a run knows about a star is spread over many files. This package gathers it.
`mdwarfs.star.fitted` gives the spectra of any number of stars with their best models,
`mdwarfs.star.posterior` the posterior of one star's labels, and `mdwarfs.star.one`
everything about one star of a run, or about the spectrum in a file, as one object,
which `mdwarfs.star.figure` draws. No rule of the workflow needs it to compute a
product.
"""
