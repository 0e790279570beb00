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


# SLAM and the hybrid labels beside the ways that people ask about, which train on the very
# same stars. A run on given spectra has these labels for its summary, too.


rule label_by_methods:
    """Train every method on the training stars, and label those that it has not seen."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        labels=f"{RESULTS}/methods/labels.fits",
        settings=f"{RESULTS}/methods/settings.ecsv",
    params:
        names=config["slam"]["labels"],
        given=HAS["files"],
        every=HAS["truth"],  # which all stars can be held against, and not the test stars alone
        seed=config["seed"],
    script:
        "../scripts/label_by_methods.py"


rule compare_methods_by_snr:
    """Hold all methods against the references and the truth, by label and SNR."""
    input:
        slam=f"{RESULTS}/slam/{UNSEEN}.fits",
        methods=f"{RESULTS}/methods/labels.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        truth=f"{RESULTS}/raw/truth.fits" if HAS["truth"] else [],
    output:
        methods=f"{RESULTS}/experiments/methods.ecsv",
    params:
        names=config["slam"]["labels"],
        role=ROLE_OF_UNSEEN,
        snr_edges=config["comparisons"]["snr_edges"],
        seed=config["seed"],
    script:
        "../scripts/compare_methods_by_snr.py"


# What the hybrid labels owe to each of what goes into them.


rule switch_off_ingredients:
    """Make the hybrid labels without one ingredient at a time, on the same stars."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        slam=f"{RESULTS}/slam/{UNSEEN}.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        truth=f"{RESULTS}/raw/truth.fits" if HAS["truth"] else [],
    output:
        table=f"{RESULTS}/experiments/ingredients.ecsv",
    params:
        names=config["slam"]["labels"],
        role=ROLE_OF_UNSEEN,
        snr_edges=config["comparisons"]["snr_edges"],
        seed=config["seed"],
    script:
        "../scripts/switch_off_ingredients.py"


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
        config_keys={"block": "prediction.block"},
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
