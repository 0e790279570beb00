# What the model knows: where in the spectrum each label comes from.

# Labels without a window need test stars that the model has not seen.
WINDOWS = f"{RESULTS}/diagnostics/windows.ecsv" if HAS["test_set"] else []

# What the model was to learn is known of simulated stars.
INJECTED = f"{RESULTS}/diagnostics/injected_sensitivity.ecsv" if HAS["truth"] else []


rule measure_sensitivity:
    """Measure how the flux of every pixel answers to the labels."""
    input:
        model=f"{RESULTS}/slam/model.fits",
    output:
        table=f"{RESULTS}/diagnostics/sensitivity.ecsv",
    params:
        teff=config["diagnostics"]["teff"],
    script:
        "../scripts/measure_sensitivity.py"


rule measure_information:
    """Measure which wavelengths tell the labels, and how well."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        table=f"{RESULTS}/diagnostics/information.ecsv",
    threads: 16
    params:
        diagnostics=only("diagnostics", "teff", "snr", "bin_width"),
        seed=config["seed"],
    script:
        "../scripts/measure_information.py"


rule describe_pixels:
    """Show the hyperparameters and the explained variance of every pixel."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        table=f"{RESULTS}/diagnostics/pixels.ecsv",
    script:
        "../scripts/describe_pixels.py"


# What labels lose without a part of the spectrum: those of maximum posterior, whatever
# prediction.method says.


rule leave_out_windows:
    """Label test stars by maximum posterior without a window, and from it alone."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        table=f"{RESULTS}/diagnostics/windows.ecsv",
    threads: 16
    params:
        prediction=only("prediction", "block", "weighting", "prior"),
        window=config["diagnostics"]["window"],
    script:
        "../scripts/leave_out_windows.py"


rule summarise_interpretation:
    """Say in words where the labels come from."""
    input:
        sensitivity=f"{RESULTS}/diagnostics/sensitivity.ecsv",
        information=f"{RESULTS}/diagnostics/information.ecsv",
        pixels=f"{RESULTS}/diagnostics/pixels.ecsv",
        windows=WINDOWS,
        injected=INJECTED,
    output:
        text=f"{RESULTS}/diagnostics/interpretation.md",
    params:
        snr=config["diagnostics"]["snr"],
    script:
        "../scripts/summarise_interpretation.py"
