"""Figure 7: effective temperature against Birky+2020, LAMOST and Mann+2015/2016."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import comparison, style

LEAST = 250.0  # shortest half-axis of the differences [K]


@style.styled
def draw(
    birky: Table,
    lamost_m: Table,
    mann: Table,
    bin_width: float,
    usable: dict[str, list[float]],
) -> Figure:
    """Three comparisons of Teff as densities, with binned residuals.

    Parameters
    ----------
    birky, lamost_m, mann
        `teff`, `teff_ref` [K], `snr`, `used`.
    bin_width
        Of the binned residuals [K].
    usable
        Label to (low, high): the usable ranges of the paper's Table 1.
    """
    columns = [
        comparison.with_reference(birky, "teff", "Birky+2020", LEAST),
        comparison.with_reference(lamost_m, "teff", "LAMOST", LEAST),
        comparison.with_reference(mann, "teff", "Mann", LEAST),
    ]
    return comparison.as_density(6.0, columns, bin_width, usable["teff"])
