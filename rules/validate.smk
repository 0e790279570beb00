# Stages 11 to 13: uncertainties, the catalogue, and comparisons with other work.


rule compare_test:
    """Compare the test stars with their reference labels (R1)."""
    input:
        predictions=f"{RESULTS}/slam/predictions.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=SPLIT,
    output:
        comparison=f"{RESULTS}/validation/test.fits",
    log:
        f"{LOGS}/compare_test.log",
    benchmark:
        f"{BENCHMARKS}/compare_test.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("compare_test"),
    script:
        "../scripts/compare_test.py"


rule fit_uncertainties:
    """Measure CV bias and scatter against SNR and fit their power laws."""
    input:
        test=f"{RESULTS}/validation/test.fits",
    output:
        bins=f"{RESULTS}/validation/snr_bins.ecsv",
        power_laws=f"{RESULTS}/validation/power_laws.ecsv",
    log:
        f"{LOGS}/fit_uncertainties.log",
    benchmark:
        f"{BENCHMARKS}/fit_uncertainties.tsv"
    conda:
        "../environment.yml"
    params:
        min_per_bin=config["uncertainty"]["min_per_bin"],
        stamp=STAMP,
        code=code("fit_uncertainties"),
    script:
        "../scripts/fit_uncertainties.py"


rule label_training_stars:
    """Find the labels of the training stars by models that have not seen them."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        predictions=f"{RESULTS}/slam/held_out.fits",
    log:
        f"{LOGS}/label_training_stars.log",
    benchmark:
        f"{BENCHMARKS}/label_training_stars.tsv"
    conda:
        "../environment.yml"
    threads: 16
    params:
        parts=config["uncertainty"]["parts"],
        prediction=config["prediction"],
        seed=config["seed"],
        stamp=STAMP,
        code=code("label_training_stars"),
    script:
        "../scripts/label_training_stars.py"


rule calibrate_uncertainties:
    """Fit what makes formal errors of the labels into uncertainties."""
    input:
        held_out=f"{RESULTS}/slam/held_out.fits",
        predictions=f"{RESULTS}/slam/predictions.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        calibration=f"{RESULTS}/validation/calibration.ecsv",
    log:
        f"{LOGS}/calibrate_uncertainties.log",
    benchmark:
        f"{BENCHMARKS}/calibrate_uncertainties.tsv"
    conda:
        "../environment.yml"
    params:
        names=config["slam"]["labels"],
        usable=config["prediction"]["usable"],
        stamp=STAMP,
        code=code("calibrate_uncertainties"),
    script:
        "../scripts/calibrate_uncertainties.py"


rule publish_labels:
    """Give every candidate its labels, uncertainties and flags, or a reason."""
    input:
        candidates=f"{RESULTS}/samples/candidates.fits",
        predictions=LABELS_OF_CANDIDATES,
        power_laws=f"{RESULTS}/validation/power_laws.ecsv",
        calibration=f"{RESULTS}/validation/calibration.ecsv",
    output:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    log:
        f"{LOGS}/publish_labels.log",
    benchmark:
        f"{BENCHMARKS}/publish_labels.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("publish_labels"),
    script:
        "../scripts/publish_labels.py"


rule compare_m_m:
    """Compare the two components of M+M pairs (R2)."""
    input:
        pairs=f"{RESULTS}/samples/pairs_m_m.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        comparison=f"{RESULTS}/comparisons/m_m.fits",
    log:
        f"{LOGS}/compare_m_m.log",
    benchmark:
        f"{BENCHMARKS}/compare_m_m.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("compare_m_m"),
    script:
        "../scripts/compare_m_m.py"


rule compare_birky:
    """Compare with Birky+2020 (R3)."""
    input:
        reference=f"{RESULTS}/catalogues/birky.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
    output:
        comparison=f"{RESULTS}/comparisons/birky.fits",
    log:
        f"{LOGS}/compare_birky.log",
    benchmark:
        f"{BENCHMARKS}/compare_birky.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("compare_birky"),
    script:
        "../scripts/compare_birky.py"


rule compare_behmard:
    """Compare with Behmard+2025 (R4)."""
    input:
        reference=f"{RESULTS}/catalogues/behmard.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        comparison=f"{RESULTS}/comparisons/behmard.fits",
    log:
        f"{LOGS}/compare_behmard.log",
    benchmark:
        f"{BENCHMARKS}/compare_behmard.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("compare_behmard"),
    script:
        "../scripts/compare_behmard.py"


rule compare_lamost_m:
    """Compare with the LAMOST M dwarfs (R5)."""
    input:
        reference=f"{RESULTS}/catalogues/lamost_m.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        comparison=f"{RESULTS}/comparisons/lamost_m.fits",
    log:
        f"{LOGS}/compare_lamost_m.log",
    benchmark:
        f"{BENCHMARKS}/compare_lamost_m.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("compare_lamost_m"),
    script:
        "../scripts/compare_lamost_m.py"


rule compare_mann:
    """Compare with the relations of Mann+2015, 2016, 2019 (R6, R7)."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
    output:
        comparison=f"{RESULTS}/comparisons/mann.fits",
    log:
        f"{LOGS}/compare_mann.log",
    benchmark:
        f"{BENCHMARKS}/compare_mann.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("compare_mann"),
    script:
        "../scripts/compare_mann.py"


rule summarise_comparisons:
    """Reduce each comparison to a median and a standard deviation."""
    input:
        test=f"{RESULTS}/validation/test.fits",
        m_m=f"{RESULTS}/comparisons/m_m.fits",
        birky=f"{RESULTS}/comparisons/birky.fits",
        behmard=f"{RESULTS}/comparisons/behmard.fits",
        lamost_m=f"{RESULTS}/comparisons/lamost_m.fits",
        mann=f"{RESULTS}/comparisons/mann.fits",
    output:
        summary=f"{RESULTS}/comparisons/summary.ecsv",
    log:
        f"{LOGS}/summarise_comparisons.log",
    benchmark:
        f"{BENCHMARKS}/summarise_comparisons.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("summarise_comparisons"),
    script:
        "../scripts/summarise_comparisons.py"


rule correct_aspcap:
    """Fit the correction of ASPCAP metallicities (equation 10)."""
    input:
        aspcap=f"{RESULTS}/catalogues/aspcap.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        sample=f"{RESULTS}/comparisons/aspcap.fits",
        correction=f"{RESULTS}/comparisons/aspcap_correction.ecsv",
    log:
        f"{LOGS}/correct_aspcap.log",
    benchmark:
        f"{BENCHMARKS}/correct_aspcap.tsv"
    conda:
        "../environment.yml"
    params:
        comparisons=only("comparisons", "snr_apogee_min", "snr_min", "feh_min"),
        stamp=STAMP,
        code=code("correct_aspcap"),
    script:
        "../scripts/correct_aspcap.py"
