# What labels lose without a part of the spectrum.

DIAGNOSTICS += [WINDOWS, *diagnostic("windows").values()]


rule leave_out_windows:
    """Label the test stars without a window of the spectrum, and from it alone."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=SPLIT,
    output:
        **diagnostic("windows"),
        table=WINDOWS,
    log:
        f"{LOGS}/leave_out_windows.log",
    benchmark:
        f"{BENCHMARKS}/leave_out_windows.tsv"
    conda:
        "../environment.yml"
    threads: 16
    params:
        prediction=only("prediction", "block", "weighting", "prior"),
        window=config["diagnostics"]["window"],
        stamp=STAMP,
        code=code("leave_out_windows"),
    script:
        "../scripts/leave_out_windows.py"
