# The real run: 54 LAMOST spectra, which lie beside the checkout, leave-one-out.

LAMOST54 = config["lamost54"]["folder"]


rule read_lamost54:
    """Read the labels, and read, shift and normalise the spectra."""
    input:
        labels=f"{LAMOST54}/lamost54_labels.csv",
        folder=f"{LAMOST54}/spectrum",
    output:
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    log:
        f"{LOGS}/read_lamost54.log",
    benchmark:
        f"{BENCHMARKS}/read_lamost54.tsv"
    conda:
        "../environment.yml"
    params:
        spectra=config["spectra"],
        lamost54=config["lamost54"],
        stamp=STAMP,
        code=code("read_lamost54"),
    script:
        "../scripts/read_lamost54.py"


include: "train.smk"


rule cross_validate:
    """Predict each training star without it, and the others with the whole model."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
    output:
        predictions=f"{RESULTS}/slam/predictions.fits",
    log:
        f"{LOGS}/cross_validate.log",
    benchmark:
        f"{BENCHMARKS}/cross_validate.tsv"
    conda:
        "../environment.yml"
    threads: 16
    params:
        slam=config["slam"],
        prediction=config["prediction"],
        seed=config["seed"],
        stamp=STAMP,
        code=code("cross_validate"),
    script:
        "../scripts/cross_validate.py"
