# Experiments: the released labels emulated, ingredient by ingredient, from a second
# model that is trained with contiguous folds.

WEIGHTING = {
    **experiment("weighting"),
    "weighting": f"{RESULTS}/experiments/weighting.ecsv",
}
EMULATION = {
    **experiment("emulation"),
    "accuracy": f"{RESULTS}/experiments/emulation.ecsv",
    "text": f"{RESULTS}/experiments/emulation.md",
}
EXPERIMENTS += WEIGHTING.values()


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
        **WEIGHTING,
    params:
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_weightings.py"


if STAMP["simulated"]:

    include: "emulation_truth.smk"

elif SDSS["astra_boss"] == "0.6.0":

    # Other releases' labels were made by other code than is emulated here.
    include: "emulation_released.smk"
