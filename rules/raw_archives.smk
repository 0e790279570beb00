# Stage 1, real: every raw file from its archive. Addresses stand in config/dr19.yaml.

ARCHIVES = config["archives"]

for key, source in ARCHIVES["files"].items():

    rule:
        """Fetch one raw file."""
        name:
            f"retrieve_{key}"
        output:
            file=RAW[key],
        log:
            f"{LOGS}/retrieve_{key}.log",
        benchmark:
            f"{BENCHMARKS}/retrieve_{key}.tsv"
        conda:
            "../environment.yml"
        params:
            file=source,
            code=code("retrieve_file"),
        script:
            "../scripts/retrieve_file.py"


rule retrieve_gaia:
    """Fetch the Gaia DR3 and 2MASS rows of the M-type stars."""
    input:
        boss=f"{RESULTS}/catalogues/boss.fits",
    output:
        gaia=RAW["gaia"],
    log:
        f"{LOGS}/retrieve_gaia.log",
    benchmark:
        f"{BENCHMARKS}/retrieve_gaia.tsv"
    conda:
        "../environment.yml"
    params:
        gaia=ARCHIVES["gaia"],
        code=code("retrieve_gaia"),
    script:
        "../scripts/retrieve_gaia.py"


rule retrieve_isochrones:
    """Fetch the PARSEC isochrones."""
    output:
        parsec=RAW["parsec"],
    log:
        f"{LOGS}/retrieve_isochrones.log",
    benchmark:
        f"{BENCHMARKS}/retrieve_isochrones.tsv"
    conda:
        "../environment.yml"
    params:
        url=ARCHIVES["parsec"]["url"],
        isochrones=config["isochrones"],
        code=code("retrieve_isochrones"),
    script:
        "../scripts/retrieve_isochrones.py"


rule retrieve_spectra:
    """Fetch the coadded BOSS spectra of all candidates."""
    input:
        stars=f"{RESULTS}/samples/candidates.fits",
    output:
        folder=directory(RAW["spectra"]),
    log:
        f"{LOGS}/retrieve_spectra.log",
    benchmark:
        f"{BENCHMARKS}/retrieve_spectra.tsv"
    conda:
        "../environment.yml"
    params:
        spectra=ARCHIVES["spectra"],
        code=code("retrieve_spectra"),
    script:
        "../scripts/retrieve_spectra.py"
