"""SLAM from Python: train, predict and plot, on arrays or on files::

    from mdwarfs import Slam, normalise, read_spectra

    spectra = normalise(read_spectra("spectra/*.fits"))
    slam = Slam.fit(spectra, labels)
    found = slam.predict(read_spectra("others/*.fits"))

`show` gathers everything about one star of a run, or about the spectrum in a file.

No rule of the workflow uses this package.
"""

from mdwarfs.api.slam import Slam
from mdwarfs.api.spectra import normalise, read_spectra
from mdwarfs.api.star import show

__all__ = ["Slam", "normalise", "read_spectra", "show"]
