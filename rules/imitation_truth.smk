# A simulated run knows what every variant should have found.

EXPERIMENTS += IMITATION.values()


rule recover_imitation:
    """Show what each ingredient costs: every variant against the truth."""
    input:
        labels=f"{RESULTS}/experiments/imitated_labels.fits",
        truth=f"{RESULTS}/raw/truth.fits",
    output:
        **IMITATION,
    params:
        usable=config["prediction"]["usable"],
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/recover_imitation.py"
