# This run against what others made of the same stars: the paper's own sample, the
# released labels, and, where a run has them, the release before and the value-added
# catalogues of DR20.


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
        comparison=f"{RESULTS}/comparisons/paper_sample.fits",
        summary=f"{RESULTS}/diagnostics/paper_sample.ecsv",
        counts=f"{RESULTS}/diagnostics/paper_sample_counts.ecsv",
    params:
        fgk_teff=config["pairs"]["fgk_teff"],
    script:
        "../scripts/compare_paper_sample.py"


rule compare_released:
    """Compare the catalogue with the released labels, on their common stars (E9)."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        released=f"{RESULTS}/catalogues/astra_slam.fits",
    output:
        comparison=f"{RESULTS}/comparisons/released.fits",
        summary=f"{RESULTS}/diagnostics/released_labels.ecsv",
    params:
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_released.py"


rule compare_releases:
    """Compare the released labels of two data releases, on their common stars."""
    input:
        new=f"{RESULTS}/catalogues/astra_slam.fits",
        old=f"{RESULTS}/catalogues/astra_slam_dr19.fits",
    output:
        comparison=f"{RESULTS}/comparisons/releases.fits",
        summary=f"{RESULTS}/diagnostics/releases.ecsv",
        counts=f"{RESULTS}/diagnostics/releases_counts.ecsv",
    params:
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_releases.py"


rule compare_value_added:
    """Compare with labels from Gaia XP, and note quality and activity."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        contin=f"{RESULTS}/catalogues/mdwarf_contin.fits",
        active=f"{RESULTS}/catalogues/mdwarf_active.fits",
    output:
        comparison=f"{RESULTS}/comparisons/value_added.fits",
        summary=f"{RESULTS}/diagnostics/value_added.ecsv",
    params:
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_value_added.py"
