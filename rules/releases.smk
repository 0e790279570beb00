# The labels of this release against those of the one before, on their common stars.

RELEASES_COMPARED = {
    "summary": f"{RESULTS}/diagnostics/releases.ecsv",
    "counts": f"{RESULTS}/diagnostics/releases_counts.ecsv",
}
DIAGNOSTICS += [*RELEASES_COMPARED.values(), *diagnostic("releases").values()]


rule compare_releases:
    """Compare the released labels of two data releases, on their common stars."""
    input:
        new=f"{RESULTS}/catalogues/astra_slam.fits",
        old=f"{RESULTS}/catalogues/astra_slam_dr19.fits",
    output:
        **diagnostic("releases"),
        **RELEASES_COMPARED,
        comparison=f"{RESULTS}/comparisons/releases.fits",
    params:
        releases=[RELEASE, 19],
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/compare_releases.py"
