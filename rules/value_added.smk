# Value-added catalogues of DR20: labels from Gaia XP to compare with, and qualities.

VALUE_ADDED = f"{RESULTS}/diagnostics/value_added.ecsv"
DIAGNOSTICS += [VALUE_ADDED, *diagnostic("value_added").values()]


rule clean_contin:
    """Keep the best row of each M dwarf with a standardised continuum."""
    input:
        raw=RAW["mdwarf_contin"],
    output:
        catalogue=f"{RESULTS}/catalogues/mdwarf_contin.fits",
    script:
        "../scripts/clean_contin.py"


rule clean_active:
    """Keep the activity of each M dwarf."""
    input:
        raw=RAW["mdwarf_active"],
    output:
        catalogue=f"{RESULTS}/catalogues/mdwarf_active.fits",
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
    params:
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_value_added.py"
