# A simulated run knows what every variant should have found.

EXPERIMENTS += EMULATION.values()


rule recover_emulation:
    """Show what each ingredient costs: every variant against the truth."""
    input:
        labels=f"{RESULTS}/experiments/emulated_labels.fits",
        truth=f"{RESULTS}/raw/truth.fits",
    output:
        **EMULATION,
    params:
        usable=config["prediction"]["usable"],
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/recover_emulation.py"
