# Stage 10: labels of maximum posterior probability.


rule predict_labels:
    """Predict the labels of every normalised spectrum."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        predictions=f"{RESULTS}/slam/predictions.fits",
    threads: 16
    params:
        prediction=config["prediction"],
    script:
        "../scripts/predict_labels.py"
