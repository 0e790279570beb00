# Stages 11 to 13: uncertainties, the catalogue, and comparisons with other work.


rule compare_test:
    """Compare the test stars with their reference labels (R1)."""
    input:
        predictions=f"{RESULTS}/slam/predictions.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=SPLIT,
    output:
        comparison=f"{RESULTS}/validation/test.fits",
    script:
        "../scripts/compare_test.py"


rule fit_uncertainties:
    """Measure CV bias and scatter against SNR and fit their power laws."""
    input:
        test=f"{RESULTS}/validation/test.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        bins=f"{RESULTS}/validation/snr_bins.ecsv",
        power_laws=f"{RESULTS}/validation/power_laws.ecsv",
    params:
        min_per_bin=config["uncertainty"]["min_per_bin"],
    script:
        "../scripts/fit_uncertainties.py"


rule calibrate_uncertainties:
    """Fit what makes formal errors of the labels into uncertainties."""
    input:
        held_out=f"{RESULTS}/slam/held_out.fits",
        predictions=f"{RESULTS}/slam/predictions.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        calibration=f"{RESULTS}/validation/calibration.ecsv",
    params:
        names=config["slam"]["labels"],
        usable=config["prediction"]["usable"],
    script:
        "../scripts/calibrate_uncertainties.py"


rule limit_fits:
    """Learn from the training stars what a sound spectrum gives at its SNR."""
    input:
        held_out=f"{RESULTS}/slam/held_out.fits",
    output:
        limits=f"{RESULTS}/validation/fit_limits.ecsv",
    params:
        names=config["slam"]["labels"],
    script:
        "../scripts/limit_fits.py"


rule assemble_catalogue:
    """Give every candidate its labels, uncertainties and flags, or a reason."""
    input:
        candidates=f"{RESULTS}/samples/candidates.fits",
        predictions=LABELS_OF_CANDIDATES,
        power_laws=f"{RESULTS}/validation/power_laws.ecsv",
        calibration=f"{RESULTS}/validation/calibration.ecsv",
        limits=f"{RESULTS}/validation/fit_limits.ecsv",
        split=f"{RESULTS}/samples/split.fits",
    output:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    script:
        "../scripts/assemble_catalogue.py"


rule compare_m_m:
    """Compare the two components of M+M pairs (R2)."""
    input:
        pairs=f"{RESULTS}/samples/pairs_m_m.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        comparison=f"{RESULTS}/comparisons/m_m.fits",
    script:
        "../scripts/compare_m_m.py"


rule compare_catalogue:
    """Compare with one catalogue of the registry (R3 to R5, and others)."""
    input:
        reference=f"{RESULTS}/catalogues/{{catalogue}}.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
    output:
        comparison=f"{RESULTS}/comparisons/{{catalogue}}.fits",
    wildcard_constraints:
        catalogue="|".join(COMPARED),
    params:
        code=lambda wildcards: code(
            "compare_catalogue",
            *registry.modules(entry(wildcards).comparison.function),
        ),
        function=lambda wildcards: entry(wildcards).comparison.function,
        key=lambda wildcards: entry(wildcards).comparison.key,
        least=lambda wildcards: entry(wildcards).comparison.least,
        labels=lambda wildcards: entry(wildcards).comparison.labels,
    script:
        "../scripts/compare_catalogue.py"


rule compare_mann:
    """Compare with the relations of Mann+2015, 2016, 2019 (R6, R7)."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
    output:
        comparison=f"{RESULTS}/comparisons/mann.fits",
    script:
        "../scripts/compare_mann.py"


# Product and rule of each table of differences: Table 2 names them beside its numbers.
DIFFERENCES = {
    **{name: [f"comparisons/{name}.fits", "compare_catalogue"] for name in COMPARED},
    "test": ["validation/test.fits", "compare_test"],
    "m_m": ["comparisons/m_m.fits", "compare_m_m"],
    "mann": ["comparisons/mann.fits", "compare_mann"],
}
# The catalogues among them, as lines of Table 2.
LINES = [
    {"line": c.line, "table": name, "name": c.name, "labels": c.labels}
    for name, c in COMPARED.items()
]


rule summarise_comparisons:
    """Reduce each comparison to a median and a standard deviation."""
    input:
        **{name: f"{RESULTS}/{product}" for name, (product, _) in DIFFERENCES.items()},
    output:
        summary=f"{RESULTS}/comparisons/summary.ecsv",
    params:
        compared=LINES,
        origins=DIFFERENCES,
    script:
        "../scripts/summarise_comparisons.py"


rule correct_aspcap:
    """Fit the correction of ASPCAP metallicities (equation 10)."""
    input:
        aspcap=f"{RESULTS}/catalogues/aspcap.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        sample=f"{RESULTS}/comparisons/aspcap.fits",
        correction=f"{RESULTS}/comparisons/aspcap_correction.ecsv",
    params:
        comparisons=only("comparisons", "snr_apogee_min", "snr_min", "feh_min"),
    script:
        "../scripts/correct_aspcap.py"
