# Experiments: they train anew, and are run when they are asked for.

# What the errors of the training labels add to the labels of other stars: those of
# maximum posterior, whatever prediction.method says.


rule propagate_label_errors:
    """Train on perturbed labels, and see what becomes of maximum-posterior labels."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        table=f"{RESULTS}/experiments/label_errors.ecsv",
    threads: 16
    params:
        realisations=config["uncertainty"]["realisations"],
        snr_bins=config["uncertainty"]["snr_bins"],
        prediction=only("prediction", "block", "weighting", "prior"),
        seed=config["seed"],
    script:
        "../scripts/propagate_label_errors.py"


# The released labels emulated, ingredient by ingredient, from a second model that is
# trained with contiguous folds.

# A simulated run knows what every variant should have found; a run on the sky has the
# released labels themselves to compare with.
if HAS["truth"]:
    REFERENCE = {
        "table": f"{RESULTS}/raw/truth.fits",
        "key": "source_id",
        "words": "the injected truth",
    }
else:
    REFERENCE = {
        "table": f"{RESULTS}/catalogues/astra_slam.fits",
        "key": "sdss_id",
        "words": "the released labels",
    }


rule train_contiguous:
    """Train SLAM with folds in the order of the stars, as scikit-learn's `cv` does."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        model=f"{RESULTS}/experiments/model_contiguous.fits",
    threads: 16
    params:
        slam=TRAINING,
        spectra=config["spectra"],
        seed=config["seed"],
    script:
        "../scripts/train_contiguous.py"


rule emulate_released:
    """Find labels by each ingredient of Astra 0.6.0 alone, and by all of them."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        contiguous=f"{RESULTS}/experiments/model_contiguous.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        labels=f"{RESULTS}/experiments/emulated_labels.fits",
    threads: 16
    params:
        block=config["prediction"]["block"],
    script:
        "../scripts/emulate_released.py"


rule compare_weightings:
    """Show what the weighting of pixels does to labels."""
    input:
        labels=f"{RESULTS}/experiments/emulated_labels.fits",
    output:
        weighting=f"{RESULTS}/experiments/weighting.ecsv",
    params:
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_weightings.py"


rule compare_emulation:
    """Hold every variant of the emulation against the truth or the released labels."""
    input:
        labels=f"{RESULTS}/experiments/emulated_labels.fits",
        reference=REFERENCE["table"],
    output:
        accuracy=f"{RESULTS}/experiments/emulation.ecsv",
        text=f"{RESULTS}/experiments/emulation.md",
    params:
        reference=REFERENCE["words"],
        key=REFERENCE["key"],
        usable=config["prediction"]["usable"],
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_emulation.py"
