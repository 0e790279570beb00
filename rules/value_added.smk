# Value-added catalogues of DR20: labels from Gaia XP to compare with, and qualities.

VALUE_ADDED = f"{RESULTS}/diagnostics/value_added.ecsv"
DIAGNOSTICS += [VALUE_ADDED, *diagnostic("value_added").values()]


rule clean_contin:
    """Keep the best row of each M dwarf with a standardised continuum."""
    input:
        raw=RAW["mdwarf_contin"],
    output:
        catalogue=f"{RESULTS}/catalogues/mdwarf_contin.fits",
    log:
        f"{LOGS}/clean_contin.log",
    benchmark:
        f"{BENCHMARKS}/clean_contin.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("clean_contin"),
    script:
        "../scripts/clean_contin.py"


rule clean_active:
    """Keep the activity of each M dwarf."""
    input:
        raw=RAW["mdwarf_active"],
    output:
        catalogue=f"{RESULTS}/catalogues/mdwarf_active.fits",
    log:
        f"{LOGS}/clean_active.log",
    benchmark:
        f"{BENCHMARKS}/clean_active.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("clean_active"),
    script:
        "../scripts/clean_active.py"


rule compare_value_added:
    """Compare with labels from Gaia XP, and note quality and activity."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        contin=f"{RESULTS}/catalogues/mdwarf_contin.fits",
        active=f"{RESULTS}/catalogues/mdwarf_active.fits",
    output:
        **diagnostic("value_added"),
        comparison=f"{RESULTS}/comparisons/value_added.fits",
        summary=VALUE_ADDED,
    log:
        f"{LOGS}/compare_value_added.log",
    benchmark:
        f"{BENCHMARKS}/compare_value_added.tsv"
    conda:
        "../environment.yml"
    params:
        snr_edges=config["comparisons"]["snr_edges"],
        stamp=STAMP,
        code=code("compare_value_added"),
    script:
        "../scripts/compare_value_added.py"
