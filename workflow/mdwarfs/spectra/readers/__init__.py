"""The formats of spectra: a module of this package for each.

A module has

- `NAME`: what the format is called, the `kind` of its spectra;
- `TITLE`: what it is, in a few words, for messages and help;
- `RANK`, only if it takes files of many origins: such formats are tried after those of
  rank 0, the lower rank first;
- `recognises(content)`: whether a file (`mdwarfs.spectra.files.Content`) is of this
  format, judged by what it holds;
- `read(content)`: its spectra, a list of `mdwarfs.spectra.spectrum.Spectrum`, in the
  frame of the file, of vacuum wavelengths corrected for the motion of the Earth
  (`mdwarfs.literature.air.to_vacuum` converts those in air).
  `mdwarfs.spectra.spectrum.build_spectrum` makes them. Pixels that the survey
  distrusts get an inverse variance of 0; most surveys have done so for most of their
  mask bits, and what a module adds is said there. What it raises becomes the reason
  why the file has no spectrum; of `InputError` the very words.

`mdwarfs.spectra.formats` finds the modules by itself, in the alphabetical order of
their names; the first that recognises a file reads it. Nothing else knows formats, but
the module may say where its survey keeps the file of a star (`path`). docs/formats.md
has a row for each, in this order.
"""
