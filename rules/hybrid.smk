# The second catalogue: labels by answers that are blended (mdwarfs.hybrid), of the same
# spectra and training stars as SLAM's. Figures 1 to 12, the tables and the claims know
# nothing of it.


rule train_hybrid:
    """Train the hybrid model, and label its stars by models that have not seen them."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        model=f"{RESULTS}/hybrid/model.fits",
        held_out=f"{RESULTS}/hybrid/held_out.fits",
    threads: 16
    params:
        labels=config["slam"]["labels"],
        prediction=only("prediction", "snr_min", "usable"),
        spectra=config["spectra"],
        seed=config["seed"],
        configuration=training_digest(config, ()),
    script:
        "../scripts/train_hybrid.py"


rule hybrid_part:
    """Find the labels of some of the normalised spectra by the hybrid model."""
    input:
        model=f"{RESULTS}/hybrid/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        predictions=temp(f"{RESULTS}/hybrid/predictions/{{scatteritem}}.fits"),
    threads: 16
    params:
        prediction=only("prediction", "snr_min", "usable"),
    script:
        "../scripts/hybrid_part.py"


rule predict_hybrid:
    """Gather the labels of every normalised spectrum by the hybrid model."""
    input:
        parts=gather.stars(f"{RESULTS}/hybrid/predictions/{{scatteritem}}.fits"),
    output:
        predictions=f"{RESULTS}/hybrid/predictions.fits",
    params:
        made_by=code("hybrid_part"),
        prediction=only("prediction", "snr_min", "usable"),
    script:
        "../scripts/predict_hybrid.py"


rule assemble_hybrid:
    """Give every star its hybrid labels, or a reason; say what to use for what."""
    input:
        stars=f"{RESULTS}/samples/{'candidates' if HAS['survey'] else 'labels'}.fits",
        predictions=f"{RESULTS}/hybrid/predictions.fits",
        held_out=f"{RESULTS}/hybrid/held_out.fits",
    output:
        catalogue=f"{RESULTS}/catalogue/hybrid_labels.fits",
        text=f"{RESULTS}/catalogue/README.md",
    params:
        given=HAS["files"],
    script:
        "../scripts/assemble_hybrid.py"


rule compare_gain:
    """Hold SLAM and the hybrid labels against the same references and the truth."""
    input:
        slam=f"{RESULTS}/slam/{UNSEEN}.fits",
        hybrid=f"{RESULTS}/hybrid/{UNSEEN}.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        truth=f"{RESULTS}/raw/truth.fits" if HAS["truth"] else [],
    output:
        gained=f"{RESULTS}/validation/gained.ecsv",
    params:
        labels=config["slam"]["labels"],
        role=ROLE_OF_UNSEEN,
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_gain.py"


rule compare_gain_catalogues:
    """Hold SLAM and the hybrid labels against the comparison catalogues (R2 to R7)."""
    input:
        **{
            name: f"{RESULTS}/{product}"
            for name, (product, _) in DIFFERENCES.items()
            if name != "test"
        },
        hybrid=f"{RESULTS}/catalogue/hybrid_labels.fits",
    output:
        gained=f"{RESULTS}/validation/gained_catalogues.ecsv",
    params:
        compared=LINES,
    script:
        "../scripts/compare_gain_catalogues.py"
