# Stage 8: spectra in the rest frame, on one grid, divided by their pseudo-continuum.


rule normalise_spectra:
    """Read, resample and normalise the spectra of the stars that have one."""
    input:
        stars=STARS_WITH_SPECTRA,
        manifest=RAW["spectra"],
    output:
        spectra=f"{RESULTS}/spectra/normalised.fits",
    threads: 16
    params:
        spectra=config["spectra"],
        astra=SDSS["astra_boss"],
    script:
        "../scripts/normalise_spectra.py"
