"""What a user of a run's two catalogues reads first."""

TEXT = """# Two catalogues of the same spectra
{simulated}
**For the paper's labels**, to reproduce or to compare with it: `slam_labels.fits`. SLAM
as published, labels of maximum posterior with a flat prior, uncertainties from the
paper's power laws (`e_*`) and calibrated ones (`sigma_*`). Of stars flagged at_edge or
multiple_minima, whose posterior is no Gaussian, `slam_posteriors.fits` has draws from
it: `posterior.draws` of each, number k of all labels together (docs/star.md).

**For the best labels of a star**: `hybrid_labels.fits`. The same spectra and training
stars, by answers that are blended ("The hybrid labels" in the manual). What is gained
by SNR and label, and where nothing is, stands in `validation/gained.ecsv` and in the
figure `diagnostic_gained`.

- `x` and `e_x`: with the population of the training stars as prior. The faint are drawn
  towards its mean as far as their noise demands; of single stars the best estimate.
- `x_flat` and `e_x_flat`: without that prior. For populations (gradients, distribution
  functions), which the prior would narrow; null where the spectrum says next to
  nothing.
- `prior_share_x`: variance of the label over that of the training stars. Near 0 the
  spectrum decides, near 1 the prior does.
- `covariance_x_y`: of the errors of two labels, `x` and `y` with the prior. Posteriors
  are Gaussian: `x`, `e_x` and these are all there is of them.
- `recommended`: these labels are there and have no flag. Each catalogue has its own.
  `mdwarfs flags 12` says what the bits of `flags` mean, and so does the header (FLAG0,
  FLAG1, ...).
- `trained_on`, in all three tables: the star is one of the training stars. Its hybrid
  labels are by a model that has not seen it, and as good as those of others. Its SLAM
  labels are by the model that was trained on it (by another in a run with folds), and
  nearer to its reference labels than those of other stars: leave it out where SLAM's
  labels are judged. `comparisons/summary.ecsv` has each number with and without the
  training stars (`*_unseen`).

Neither knows stars that the training set lacks: metal-poor ones come out too
metal-rich, and not all are flagged (`flag_names` says what is).
"""

SIMULATED = """
**Everything here is simulated: invented stars, no labels of the sky.**
"""


def readme(stamp: dict) -> str:
    """The text of `catalogue/README.md`.

    Parameters
    ----------
    stamp
        `run` and `simulated`, see `mdwarfs.tables.header`.
    """
    return TEXT.format(simulated=SIMULATED if stamp["simulated"] else "")
