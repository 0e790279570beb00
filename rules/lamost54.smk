# The real run: 54 LAMOST spectra, which lie beside the checkout, leave-one-out.

LAMOST54 = config["lamost54"]["folder"]

for needed in ["lamost54_labels.csv", "spectrum"]:
    if not Path(LAMOST54, needed).exists():
        raise WorkflowError(
            f"lamost54.folder: there is no {needed} in {Path(LAMOST54).resolve()}.\n"
            "The spectra are public: github.com/zhenzhenwave/MULySS_zh, folder "
            "Stage2/data/spectrum, to be put into spectrum/.\n"
            "lamost54_labels.csv has a row for each, with the labels of Stage2/fit/"
            "catalog_A.csv there; its columns stand in mdwarfs.lamost54.read_labels.\n"
            "Name the folder that holds both:  "
            '--config lamost54=\'{"folder": "..."}\''
        )


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
        slam=only("slam", "labels", "folds", "fold_assignment", "grid"),
        prediction=config["prediction"],
        seed=config["seed"],
        stamp=STAMP,
        code=code("cross_validate"),
    script:
        "../scripts/cross_validate.py"


rule summarise_lamost54:
    """Say what came out, in numbers and in words."""
    input:
        test=f"{RESULTS}/validation/test.fits",
        predictions=f"{RESULTS}/slam/predictions.fits",
        labels=f"{RESULTS}/samples/labels.fits",
    output:
        summary=f"{RESULTS}/validation/summary.ecsv",
        text=f"{RESULTS}/validation/summary.md",
    log:
        f"{LOGS}/summarise_lamost54.log",
    benchmark:
        f"{BENCHMARKS}/summarise_lamost54.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("summarise_lamost54"),
    script:
        "../scripts/summarise_lamost54.py"
