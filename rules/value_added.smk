# Value-added catalogues of DR20: labels from Gaia XP to compare with, and qualities.

VALUE_ADDED = f"{RESULTS}/diagnostics/value_added.ecsv"
DIAGNOSTICS += [VALUE_ADDED, *diagnostic("value_added").values()]


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
