# Experiment: what the errors of the training labels add to the labels of other stars:
# those of maximum posterior, whatever prediction.method says.

EXPERIMENTS += [
    f"{RESULTS}/experiments/label_errors.ecsv",
    *experiment("label_errors").values(),
]


rule propagate_label_errors:
    """Train on perturbed labels, and see what becomes of maximum-posterior labels."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        **experiment("label_errors"),
        table=f"{RESULTS}/experiments/label_errors.ecsv",
    threads: 16
    params:
        realisations=config["uncertainty"]["realisations"],
        snr_bins=config["uncertainty"]["snr_bins"],
        prediction=only("prediction", "block", "weighting", "prior"),
        seed=config["seed"],
    script:
        "../scripts/propagate_label_errors.py"
