# How like real stars the simulated ones are.

TEMPLATES = {
    "table": f"{RESULTS}/diagnostics/templates.ecsv",
    **diagnostic("templates"),
}

DIAGNOSTICS += TEMPLATES.values()


rule diagnose_templates:
    """Hold simulated spectra against templates of real M dwarfs."""
    input:
        templates=config["diagnostics"]["templates"],
    output:
        **TEMPLATES,
    params:
        continuum=config["spectra"]["continuum"],
        wave_min=config["spectra"]["wave_min"],
        wave_max=config["spectra"]["wave_max"],
    script:
        "../scripts/diagnose_templates.py"
