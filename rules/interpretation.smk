# What the model knows: where in the spectrum each label comes from.

INTERPRETATION = {
    name: f"{RESULTS}/diagnostics/{name}.ecsv"
    for name in ("sensitivity", "information", "pixels")
}
DIAGNOSTICS += [
    *INTERPRETATION.values(),
    *(path for name in INTERPRETATION for path in diagnostic(name).values()),
    f"{RESULTS}/diagnostics/interpretation.md",
]

# Labels without a window need test stars that the model has not seen.
WINDOWS = f"{RESULTS}/diagnostics/windows.ecsv" if SPLIT else []

if SPLIT:

    include: "windows.smk"


rule measure_sensitivity:
    """Measure how the flux of every pixel answers to the labels."""
    input:
        model=f"{RESULTS}/slam/model.fits",
    output:
        **diagnostic("sensitivity"),
        table=INTERPRETATION["sensitivity"],
    params:
        teff=config["diagnostics"]["teff"],
        continuum=config["spectra"]["continuum"],
    script:
        "../scripts/measure_sensitivity.py"


rule measure_information:
    """Measure which wavelengths tell the labels, and how well."""
    input:
        model=f"{RESULTS}/slam/model.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        **diagnostic("information"),
        table=INTERPRETATION["information"],
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
        **diagnostic("pixels"),
        table=INTERPRETATION["pixels"],
    script:
        "../scripts/describe_pixels.py"


rule summarise_interpretation:
    """Say in words where the labels come from."""
    input:
        **INTERPRETATION,
        windows=WINDOWS,
    output:
        text=f"{RESULTS}/diagnostics/interpretation.md",
    params:
        snr=config["diagnostics"]["snr"],
    script:
        "../scripts/summarise_interpretation.py"
