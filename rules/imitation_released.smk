# A run on the sky has the released labels themselves to compare with.

EXPERIMENTS += IMITATION.values()


rule compare_imitation:
    """Show which variant comes nearest to the released labels."""
    input:
        labels=f"{RESULTS}/experiments/imitated_labels.fits",
        released=f"{RESULTS}/catalogues/astra_slam.fits",
    output:
        **IMITATION,
    params:
        usable=config["prediction"]["usable"],
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_imitation.py"
