"""The columns that a trained SLAM has for every pixel."""

HYPERPARAMETERS = ("C", "epsilon", "gamma")
SYMBOLS = {"C": "$C$", "epsilon": r"$\epsilon$", "gamma": r"$\gamma$"}

SOLVERS = {
    "splitting": "Douglas-Rachford splitting, finished by an active-set method",
    "libsvm": "scikit-learn, since the gap stayed above 1e-4",
    "unconverged": "scikit-learn too left a gap above 1e-4",
    "constant": "all good stars have the same flux; the model is that flux",
    "none": "fewer good stars than folds, or all in one; the model says nothing here",
}

COLUMNS = {
    "C": "Penalty of the support-vector regression",
    "epsilon": "Half width of its tube, in standardised flux",
    "gamma": "Width parameter of its kernel, for standardised labels",
    "intercept": "Intercept, in standardised flux",
    "mean": "Mean normalised flux of the good training stars",
    "scale": "Standard deviation of the normalised flux of the good training stars",
    "variance": "Variance of the model flux: the scatter that the noise leaves",
    "cv_mse": "Cross-validated mean squared error of the flux",
    "cv_md": "Cross-validated mean of model minus observed flux (paper, equation 2)",
    "cv_median_deviation": "Cross-validated median of model minus observed flux",
    "n_good": "Training stars that take part",
    "gap": "Largest duality gap of the fit and of its folds, relative to the objective",
    "solver": "What solved it: " + "; ".join(f"{k}: {v}" for k, v in SOLVERS.items()),
}
