# What labels lose without a part of the spectrum: those of maximum posterior, whatever
# prediction.method says.

DIAGNOSTICS += [WINDOWS, *diagnostic("windows").values()]


rule leave_out_windows:
    """Label test stars by maximum posterior without a window, and from it alone."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=SPLIT,
    output:
        **diagnostic("windows"),
        table=WINDOWS,
    threads: 16
    params:
        prediction=only("prediction", "block", "weighting", "prior"),
        window=config["diagnostics"]["window"],
    script:
        "../scripts/leave_out_windows.py"
