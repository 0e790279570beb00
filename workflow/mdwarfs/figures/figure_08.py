"""Figure 8: surface gravity against LAMOST and against Mann's masses and radii."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import comparison, style

LEAST = 0.25  # shortest half-axis of the differences [dex]


@style.styled
def draw(
    lamost_m: Table,
    mann: Table,
    bin_width: float,
    usable: dict[str, list[float]],
) -> Figure:
    """Two comparisons of log g as densities, with binned residuals.

    Parameters
    ----------
    lamost_m, mann
        `logg`, `logg_ref` [dex], `snr`, `used`.
    bin_width
        Of the binned residuals [dex].
    usable
        Label to (low, high): the usable ranges of the paper's Table 1.
    """
    columns = [
        comparison.with_reference(lamost_m, "logg", "LAMOST", LEAST),
        comparison.with_reference(mann, "logg", "Mann", LEAST),
    ]
    return comparison.as_density(6.0, columns, bin_width, usable["logg"])
