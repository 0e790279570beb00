# This run's labels against those that SDSS released.

RELEASED_LABELS = f"{RESULTS}/diagnostics/released_labels.ecsv"
DIAGNOSTICS += [RELEASED_LABELS, *diagnostic("released_labels").values()]


rule compare_released:
    """Compare the catalogue with the released labels, on their common stars (E9)."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        released=f"{RESULTS}/catalogues/astra_slam.fits",
    output:
        **diagnostic("released_labels"),
        comparison=f"{RESULTS}/comparisons/released.fits",
        summary=RELEASED_LABELS,
    params:
        snr_edges=config["comparisons"]["snr_edges"],
        astra=SDSS["astra_boss"],
    script:
        "../scripts/compare_released.py"
