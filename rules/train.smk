# Stage 9: SLAM, one support-vector regression per pixel.


rule train_slam:
    """Train SLAM on the training stars."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        model=f"{RESULTS}/slam/model.fits",
    log:
        f"{LOGS}/train_slam.log",
    benchmark:
        f"{BENCHMARKS}/train_slam.tsv"
    conda:
        "../environment.yml"
    threads: 16
    params:
        slam=config["slam"],
        spectra=config["spectra"],
        seed=config["seed"],
        stamp=STAMP,
        code=code("train_slam"),
    script:
        "../scripts/train_slam.py"
