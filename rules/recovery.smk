# Injection and recovery: what the simulation put in, against what the workflow found.
# This is the only rule that reads the truth.


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
    log:
        f"{LOGS}/recover_truth.log",
    benchmark:
        f"{BENCHMARKS}/recover_truth.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("recover_truth"),
    script:
        "../scripts/recover_truth.py"
