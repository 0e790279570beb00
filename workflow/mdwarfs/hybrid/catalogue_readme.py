"""The README of the catalogues of a run: which of the two to use for what."""

TEXT = """# Two catalogues of the same spectra
{simulated}
**To reproduce the paper, or to compare with it**, use `slam_labels.fits`. Its labels
are those of maximum posterior by SLAM as published, with a flat prior. `e_*` are
uncertainties from the paper's power laws, `sigma_*` are calibrated ones. For stars with
the flag at_edge or multiple_minima, whose posterior is not Gaussian,
`slam_posteriors.fits` has draws from it, 256 per star unless `posterior.draws` of the
configuration says otherwise. Draw number k of one label belongs to draw number k of the
others (docs/star.md).

**For the best labels of a star**, use `hybrid_labels.fits`. It is made from the same
spectra and training stars, and blends the answers of three methods (docs/hybrid.md).
`validation/gained.ecsv` and the figure `diagnostic_gained` show how much better its
labels are, by SNR and label, and where they are not.

- `x` and `e_x`: the label and its error with the population of the training stars as
  prior. This is the best estimate for a single star. Labels of faint stars are drawn
  towards the mean of the population, as far as their noise demands.
- `x_flat` and `e_x_flat`: the same without that prior. Use them for populations
  (gradients, distribution functions), which the prior would narrow, and for metal-poor
  stars, whose [Fe/H] it would raise. They are null where the spectrum says next to
  nothing about the label.
- `e_x` is another thing in each of the two. In `slam_labels.fits` it is how much labels
  scatter about references at the star's SNR, errors of the references included (the
  paper's; use `sigma_x` as SLAM's error). In `hybrid_labels.fits` it is the error of
  the label itself.
- `prior_share_x`: the variance of the label divided by that of the training stars. Near
  0 the spectrum decides, near 1 the prior.
- `covariance_x_y`: the covariance of the errors of two labels, with the prior. The
  posteriors are Gaussian, so labels, errors and covariances describe them completely.
- `recommended`: there are labels in this catalogue, and they have no flag. Each
  catalogue has its own. `mdwarfs flags 12` explains the bits of `flags`, and so does
  the header (FLAG0, FLAG1, ...).
- `trained_on`, in all three tables: the star is one of the training stars. Its hybrid
  labels come from a model that has not seen it, and are as good as those of other
  stars. Its SLAM labels come from the model that was trained on it (from another one in
  a run with folds), and are closer to its reference labels than those of other stars.
  Leave these stars out when you judge SLAM's labels. `comparisons/summary.ecsv` has
  each number with and without the training stars (`*_unseen`).

Select stars by `recommended`, or by the bits of `flags`:

    table = Table.read("hybrid_labels.fits")  # of astropy.table
    good = table[table["recommended"]]
    without_labels = table[table["reason"].filled("") != ""]

astropy reads NaN and the empty text as nulls. A comparison with a null is null, and
selects nothing, so that texts need `filled("")`.

Neither method knows stars that the training set lacks. Labels of metal-poor stars come
out too metal-rich, and not all of them are flagged (see `flag_names`).
"""

SIMULATED = """
**Everything here is simulated: the stars are invented, and these are no labels of real
stars.**
"""


def readme(stamp: dict) -> str:
    """The text of `catalogue/README.md`.

    Parameters
    ----------
    stamp
        `run` and `simulated`, see `mdwarfs.tables.header`.
    """
    return TEXT.format(simulated=SIMULATED if stamp["simulated"] else "")
