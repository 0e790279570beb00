# A run on the sky has the released labels themselves to compare with.

EXPERIMENTS += EMULATION.values()


rule compare_emulation:
    """Show which variant comes nearest to the released labels."""
    input:
        labels=f"{RESULTS}/experiments/emulated_labels.fits",
        released=f"{RESULTS}/catalogues/astra_slam.fits",
    output:
        **EMULATION,
    params:
        usable=config["prediction"]["usable"],
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_emulation.py"
