# Stage 10: labels of every normalised spectrum, by the method of the configuration; and
# of the training stars, by models that have not seen them.

PREDICTS = "predict_part" if MAP else "emulate_part"

if MAP:

    ruleorder: predict_part > emulate_part
    ruleorder: label_training_stars > emulate_training_stars

else:

    ruleorder: emulate_part > predict_part
    ruleorder: emulate_training_stars > label_training_stars


rule predict_part:
    """Find the labels of maximum posterior of some of the normalised spectra."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        predictions=temp(f"{RESULTS}/slam/predictions/{{scatteritem}}.fits"),
    threads: 16
    params:
        prediction=config["prediction"],
    script:
        "../scripts/predict_part.py"


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


rule emulate_part:
    """Find the labels of some of the normalised spectra as the release's code did."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        predictions=temp(f"{RESULTS}/slam/predictions/{{scatteritem}}.fits"),
    threads: 16
    params:
        prediction=config["prediction"],
    script:
        "../scripts/emulate_part.py"


rule predict_labels:
    """Gather the labels of every normalised spectrum."""
    input:
        parts=gather.stars(f"{RESULTS}/slam/predictions/{{scatteritem}}.fits"),
    output:
        predictions=f"{RESULTS}/slam/predictions.fits",
    params:
        made_by=code(PREDICTS),
        prediction=config["prediction"],
    script:
        "../scripts/predict_labels.py"


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


rule add_released_labels:
    """Give the candidates without a spectrum the released labels."""
    input:
        predictions=f"{RESULTS}/slam/predictions.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
        released=f"{RESULTS}/catalogues/astra_slam.fits",
    output:
        labels=f"{RESULTS}/slam/with_released.fits",
    params:
        labels=config["slam"]["labels"],
        prediction=config["prediction"],
    script:
        "../scripts/add_released_labels.py"
