# The two ways to metal-poor M dwarfs that the paper announces (section 6), how they move
# and the bands of CaH and TiO, and where a file of templates is given a third: which of
# them a spectrum is like. SLAM's labels do not say it: docs/metal_poor.md.

MOTIONS = f"{RESULTS}/metal_poor/kinematics.fits"
INDICES = f"{RESULTS}/metal_poor/indices.fits"
MATCHED = f"{RESULTS}/metal_poor/templates.fits"


rule measure_kinematics:
    """Measure the velocity of every candidate, and say which are of the halo."""
    input:
        candidates=f"{RESULTS}/samples/candidates.fits",
        spectra=f"{RESULTS}/spectra/normalised.fits",
    output:
        kinematics=MOTIONS,
    params:
        limits=only("metal_poor", "v_halo_min", "parallax_snr_min"),
    script:
        "../scripts/measure_kinematics.py"


rule measure_indices:
    """Measure CaH2, CaH3, TiO5 and zeta of every spectrum."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        labels=f"{RESULTS}/samples/labels.fits",
    output:
        indices=INDICES,
        locus=f"{RESULTS}/metal_poor/locus.ecsv",
    params:
        limits=only("metal_poor", "zeta_max", "zeta_sigmas"),
    script:
        "../scripts/measure_indices.py"


rule match_templates:
    """Find the template that each spectrum is most like."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        templates=config["diagnostics"]["templates"],
    output:
        matched=MATCHED,
    params:
        limits=only("metal_poor", "template_gain_min"),
        continuum=config["spectra"]["continuum"],
    script:
        "../scripts/match_templates.py"


rule select_metal_poor:
    """List the candidates for metal-poor stars, with all measures and their labels."""
    input:
        kinematics=MOTIONS,
        indices=INDICES,
        matched=MATCHED if HAS["matched"] else [],
        slam=f"{RESULTS}/catalogue/slam_labels.fits",
        hybrid=f"{RESULTS}/catalogue/hybrid_labels.fits",
    output:
        candidates=f"{RESULTS}/metal_poor/candidates.fits",
    params:
        usable=config["prediction"]["usable"].get("feh", [float("-inf"), float("inf")]),
    script:
        "../scripts/select_metal_poor.py"


# An extra: made when it is asked for, with galpy.
rule trace_orbits:
    """Trace the orbits of the candidates for metal-poor stars."""
    input:
        stars=f"{RESULTS}/samples/candidates.fits",
        candidates=f"{RESULTS}/metal_poor/candidates.fits",
    output:
        orbits=f"{RESULTS}/metal_poor/orbits.fits",
    script:
        "../scripts/trace_orbits.py"


rule recover_metal_poor:
    """Count how many of the simulated metal-poor stars each way finds."""
    input:
        truth=f"{RESULTS}/raw/truth.fits",
        kinematics=MOTIONS,
        indices=INDICES,
        matched=MATCHED if HAS["matched"] else [],
        slam=f"{RESULTS}/catalogue/slam_labels.fits",
        hybrid=f"{RESULTS}/catalogue/hybrid_labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        table=f"{RESULTS}/metal_poor/recovered.ecsv",
    params:
        snr_edges=config["comparisons"]["snr_edges"],
    script:
        "../scripts/recover_metal_poor.py"
