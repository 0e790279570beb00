# A simulated run knows what every variant should have found.

EXPERIMENTS += IMITATION.values()


rule recover_imitation:
    """Show what each ingredient costs: every variant against the truth."""
    input:
        labels=f"{RESULTS}/experiments/imitated_labels.fits",
        truth=f"{RESULTS}/raw/truth.fits",
    output:
        **IMITATION,
    log:
        f"{LOGS}/recover_imitation.log",
    benchmark:
        f"{BENCHMARKS}/recover_imitation.tsv"
    conda:
        "../environment.yml"
    params:
        usable=config["prediction"]["usable"],
        snr_edges=config["comparisons"]["snr_edges"],
        stamp=STAMP,
        code=code("recover_imitation"),
    script:
        "../scripts/recover_imitation.py"
