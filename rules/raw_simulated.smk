# Stage 1, simulated: the embedded survey writes every raw file in its archive's form.


rule simulate_survey:
    """Simulate the survey and write its raw files, and the truth beside them."""
    output:
        **LATER,
        spall=RAW["spall"],
        spectra=RAW["spectra"],
        apogee_net=RAW["apogee_net"],
        aspcap=RAW["aspcap"],
        slam=RAW["slam"],
        gaia=RAW["gaia"],
        wide_binaries=RAW["wide_binaries"],
        lamost_stellar=RAW["lamost_stellar"],
        lamost_mstellar=RAW["lamost_mstellar"],
        birky=RAW["birky"],
        behmard=RAW["behmard"],
        paper_table=RAW["paper_table"],
        bayestar=RAW["bayestar"],
        parsec=RAW["parsec"],
        truth=f"{RESULTS}/raw/truth.fits",
        truth_paper_table=f"{RESULTS}/raw/truth_paper_table.fits",
    threads: 16
    params:
        simulation=config["simulation"],
        isochrones=config["isochrones"],
        seed=config["seed"],
    script:
        "../scripts/simulate_survey.py"
