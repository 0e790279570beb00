"""Names of columns of FITS tables."""

from astropy.io import fits


def lower_names(hdu: object) -> set[str]:
    """Names of a table's columns in lower case; none if the part is no binary table."""
    if not isinstance(hdu, fits.BinTableHDU):
        return set()
    return {name.lower() for name in hdu.columns.names}
