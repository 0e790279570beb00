# For candidates: released. Spectra of the training, test and M+M stars are fetched and
# predicted; the other candidates have the labels that SDSS released.


rule choose_spectra:
    """Choose the candidates whose spectra are fetched."""
    input:
        candidates=f"{RESULTS}/samples/candidates.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        pairs=f"{RESULTS}/samples/pairs_m_m.fits",
    output:
        chosen=STARS_WITH_SPECTRA,
    script:
        "../scripts/choose_spectra.py"


rule add_released_labels:
    """Give the candidates without a spectrum the released labels."""
    input:
        predictions=f"{RESULTS}/slam/predictions.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
        released=f"{RESULTS}/catalogues/astra_slam.fits",
    output:
        labels=LABELS_OF_CANDIDATES,
    params:
        labels=config["slam"]["labels"],
        prediction=config["prediction"],
    script:
        "../scripts/add_released_labels.py"
