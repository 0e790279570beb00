# Injection and recovery: what the simulation put in, against what the workflow found.
# All rules that read the truth are named recover_*.


rule recover_truth:
    """Compare recovered labels and counts with the injected truth."""
    input:
        truth=f"{RESULTS}/raw/truth.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        m_type=f"{RESULTS}/samples/m_type.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        pairs_fgk_m=f"{RESULTS}/samples/pairs_fgk_m.fits",
        pairs_m_m=f"{RESULTS}/samples/pairs_m_m.fits",
        pairs_fgk_fgk=f"{RESULTS}/samples/pairs_fgk_fgk.fits",
    output:
        recovery=f"{RESULTS}/audit/recovery.ecsv",
        counts=f"{RESULTS}/audit/recovered_counts.ecsv",
    params:
        snr_bins=config["uncertainty"]["snr_bins"],
    script:
        "../scripts/recover_truth.py"


rule recover_pulls:
    """Hold the errors of the labels against each of their uncertainties."""
    input:
        truth=f"{RESULTS}/raw/truth.fits",
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        **diagnostic("pulls"),
        pulls=f"{RESULTS}/diagnostics/pulls.ecsv",
    params:
        usable=config["prediction"]["usable"],
        snr_bins=config["uncertainty"]["snr_bins"],
    script:
        "../scripts/recover_pulls.py"


rule recover_paper_sample:
    """Hold what is different in the paper's table against what was found to be."""
    input:
        truth=f"{RESULTS}/raw/truth_paper_table.fits",
        comparison=f"{RESULTS}/comparisons/paper_sample.fits",
    output:
        recovered=f"{RESULTS}/audit/recovered_sample.ecsv",
    script:
        "../scripts/recover_paper_sample.py"


DIAGNOSTICS += [
    f"{RESULTS}/diagnostics/pulls.ecsv",
    *diagnostic("pulls").values(),
]
