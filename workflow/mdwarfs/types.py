"""Names for types that many signatures share."""

import os

from astropy.units import UnitBase

PathLike = str | os.PathLike[str]
UnitLike = str | UnitBase
