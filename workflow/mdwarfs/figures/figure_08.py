"""Figure 8: surface gravity against LAMOST and against Mann's masses and radii."""

from mdwarfs.figures import comparison, style

LEAST = 0.25  # shortest half-axis of the differences [dex]


@style.styled
def draw(lamost_m, mann, bin_width):
    """Two comparisons of log g as densities, with binned residuals.

    Parameters
    ----------
    lamost_m, mann : astropy.table.Table
        `logg`, `logg_ref` [dex], `snr`, `used`.
    bin_width : float
        Of the binned residuals [dex].

    Returns
    -------
    matplotlib.figure.Figure
    """
    columns = [
        comparison.with_reference(lamost_m, "logg", "LAMOST", LEAST),
        comparison.with_reference(mann, "logg", "Mann", LEAST),
    ]
    return comparison.as_density(6.0, columns, bin_width)
