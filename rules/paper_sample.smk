# The sample that is built here against the paper's own.

DIAGNOSTICS += [
    f"{RESULTS}/diagnostics/paper_sample.ecsv",
    f"{RESULTS}/diagnostics/paper_sample_counts.ecsv",
    *diagnostic("paper_sample").values(),
]


rule compare_paper_sample:
    """Hold the sample built here against the paper's Table 3, pair by pair."""
    input:
        paper_pairs=f"{RESULTS}/catalogues/paper_pairs.fits",
        wide_binaries=f"{RESULTS}/catalogues/wide_binaries.fits",
        lamost_fgk=f"{RESULTS}/catalogues/lamost_fgk.fits",
        m_type=f"{RESULTS}/samples/m_type.fits",
        pairs=f"{RESULTS}/samples/pairs_fgk_m.fits",
        labels=OWN_LABELS,
    output:
        **diagnostic("paper_sample"),
        comparison=f"{RESULTS}/comparisons/paper_sample.fits",
        summary=f"{RESULTS}/diagnostics/paper_sample.ecsv",
        counts=f"{RESULTS}/diagnostics/paper_sample_counts.ecsv",
    params:
        fgk_teff=config["pairs"]["fgk_teff"],
    script:
        "../scripts/compare_paper_sample.py"
