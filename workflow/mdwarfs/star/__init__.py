"""One star: its spectrum, its best model, its labels, its posterior.

What the parts of a run say of a star stands in many files. This room gathers it:
`mdwarfs.star.fitted` the spectra of any number of stars with their best models,
`mdwarfs.star.posterior` what the labels of one of them may be, `mdwarfs.star.one` all
that is said of one star of a run, or of the spectrum of a file, as one object, which
`mdwarfs.star.figure` draws. No rule of the workflow needs it to compute a product.
"""
