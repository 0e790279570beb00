"""Names for types that many signatures share."""

import os

PathLike = str | os.PathLike[str]
