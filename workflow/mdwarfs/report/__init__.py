"""The page of a run: one folder that a browser opens as a file, without a network.

`mdwarfs.report.contents` lists what stands on it, `mdwarfs.report.stars` and
`mdwarfs.report.spectra` pack what its plots show, `mdwarfs.report.plots` makes those
with Bokeh, `mdwarfs.report.weaknesses` says what not to trust, and
`mdwarfs.report.page` puts all into the template. Nothing here computes a product.
"""
