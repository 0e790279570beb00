# Injection and recovery: what the simulation put in, against what the workflow found.
# The rules that read the truth, or ask the simulation what it made, are named recover_*.
# Only simulated runs are asked for what they make.


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
        stars=f"{RESULTS}/diagnostics/pulls_of_stars.fits",
        pulls=f"{RESULTS}/diagnostics/pulls.ecsv",
    params:
        usable=config["prediction"]["usable"],
        snr_bins=config["uncertainty"]["snr_bins"],
    script:
        "../scripts/recover_pulls.py"


rule recover_selection:
    """Count the sound M dwarfs that the criteria cost, by their true labels."""
    input:
        truth=f"{RESULTS}/raw/truth.fits",
        m_type=f"{RESULTS}/samples/m_type.fits",
    output:
        table=f"{RESULTS}/diagnostics/true_selection.ecsv",
    params:
        bins=config["diagnostics"]["selection"],
    script:
        "../scripts/recover_selection.py"


rule recover_paper_sample:
    """Hold what is different in the paper's table against what was found to be."""
    input:
        truth=f"{RESULTS}/raw/truth_paper_table.fits",
        comparison=f"{RESULTS}/comparisons/paper_sample.fits",
    output:
        recovered=f"{RESULTS}/audit/recovered_sample.ecsv",
    script:
        "../scripts/recover_paper_sample.py"


rule recover_expected:
    """Say what the simulation put in, where the audit asks what the run found."""
    input:
        counts=f"{RESULTS}/audit/recovered_counts.ecsv",
        paper_sample=f"{RESULTS}/audit/recovered_sample.ecsv",
    output:
        expected=f"{RESULTS}/audit/expected.ecsv",
    params:
        labels=config["labels"]["source"],
        split=config["split"],
        teff=config["prediction"]["usable"].get("teff"),
    script:
        "../scripts/recover_expected.py"


rule recover_sensitivity:
    """Measure how the flux of the simulated stars answers to their labels."""
    input:
        model=f"{RESULTS}/slam/model.fits",
    output:
        table=f"{RESULTS}/diagnostics/injected_sensitivity.ecsv",
    params:
        teff=config["diagnostics"]["teff"],
        continuum=config["spectra"]["continuum"],
    script:
        "../scripts/recover_sensitivity.py"


rule recover_limit:
    """Hold errors of labels against the least that spectra and noise allow."""
    input:
        spectra=f"{RESULTS}/spectra/normalised.fits",
        truth=f"{RESULTS}/raw/truth.fits",
        split=f"{RESULTS}/samples/split.fits",
        slam=f"{RESULTS}/slam/predictions.fits",
        hybrid=f"{RESULTS}/hybrid/predictions.fits",
    output:
        table=f"{RESULTS}/diagnostics/limit.ecsv",
    threads: 16
    params:
        labels=config["slam"]["labels"],
        continuum=config["spectra"]["continuum"],
        snr_edges=config["comparisons"]["snr_edges"],
        seed=config["seed"],
    script:
        "../scripts/recover_limit.py"


# How like real stars the simulated ones are. The templates do not belong to this
# project: where they lie, simulated spectra are held against them.


rule diagnose_templates:
    """Hold simulated spectra against templates of real M dwarfs."""
    input:
        templates=config["diagnostics"]["templates"],
    output:
        table=f"{RESULTS}/diagnostics/templates.ecsv",
        spectra=f"{RESULTS}/diagnostics/template_spectra.fits",
    params:
        continuum=config["spectra"]["continuum"],
        wave_min=config["spectra"]["wave_min"],
        wave_max=config["spectra"]["wave_max"],
    script:
        "../scripts/diagnose_templates.py"
