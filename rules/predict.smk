# Stage 10: labels of every normalised spectrum, by the method of the configuration; and
# of the training stars, by models that have not seen them.

if config["prediction"]["method"] == "map":

    rule predict_labels:
        """Find the labels of maximum posterior of every normalised spectrum."""
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

    rule label_training_stars:
        """Find the labels of the training stars by models that have not seen them."""
        input:
            model=f"{RESULTS}/slam/model.fits",
            spectra=f"{RESULTS}/spectra/normalised.fits",
        output:
            predictions=f"{RESULTS}/slam/held_out.fits",
        threads: 16
        params:
            parts=config["uncertainty"]["parts"],
            prediction=config["prediction"],
            seed=config["seed"],
        script:
            "../scripts/label_training_stars.py"

else:

    rule emulate_labels:
        """Find the labels of every normalised spectrum as the release's code did."""
        input:
            model=f"{RESULTS}/slam/model.fits",
            spectra=f"{RESULTS}/spectra/normalised.fits",
        output:
            predictions=f"{RESULTS}/slam/predictions.fits",
        threads: 16
        params:
            prediction=config["prediction"],
        script:
            "../scripts/emulate_labels.py"

    rule emulate_training_stars:
        """Find those of the training stars so, by models that have not seen them."""
        input:
            model=f"{RESULTS}/slam/model.fits",
            spectra=f"{RESULTS}/spectra/normalised.fits",
        output:
            predictions=f"{RESULTS}/slam/held_out.fits",
        threads: 16
        params:
            parts=config["uncertainty"]["parts"],
            prediction=config["prediction"],
            seed=config["seed"],
        script:
            "../scripts/emulate_training_stars.py"
