# Stage 15: the audit of the configuration, of every product, and of every number that
# the paper claims.

CONFIGURATION = f"{RESULTS}/audit/config.yaml"
PRODUCTS = {
    str(path): rule.name
    for rule in workflow.rules
    for path in rule.output
    if path.endswith((".fits", ".ecsv"))
    and "/raw/" not in path
    and "{" not in path  # a part, which is gathered into a product
}
if config["source"] != "lamost54":
    PRODUCTS |= {
        f"{RESULTS}/catalogues/{name}.fits": "clean_catalogue" for name in CATALOGUES
    } | {f"{RESULTS}/comparisons/{name}.fits": "compare_catalogue" for name in COMPARED}

# A run on the sky has no truth to recover.
RECOVERED = {
    Path(name).name: f"{RESULTS}/{name}.ecsv" if STAMP["simulated"] else []
    for name in (
        "audit/recovery",
        "audit/recovered_counts",
        "audit/recovered_sample",
        "diagnostics/pulls",
    )
}

# What is served on loopback is simulated, whatever version the real file is of.
RECORDED = [] if STAMP["simulated"] else list(RECORDS.values())


rule record_config:
    """Write down the whole configuration of the run."""
    output:
        config=CONFIGURATION,
    params:
        config=config,
    script:
        "../scripts/record_config.py"


rule audit_products:
    """List every intermediate product, its origin, contents and defects."""
    input:
        products=list(PRODUCTS),
    output:
        products=f"{RESULTS}/audit/products.ecsv",
    params:
        rules=PRODUCTS,
    script:
        "../scripts/audit_products.py"


rule audit_claims:
    """Evaluate every number that the paper claims, with a status each."""
    input:
        candidate_counts=f"{RESULTS}/samples/candidate_counts.ecsv",
        pairs_fgk_m_counts=f"{RESULTS}/samples/pairs_fgk_m_counts.ecsv",
        pairs_m_m_counts=f"{RESULTS}/samples/pairs_m_m_counts.ecsv",
        pairs_fgk_fgk_counts=f"{RESULTS}/samples/pairs_fgk_fgk_counts.ecsv",
        wide_binaries=f"{RESULTS}/catalogues/wide_binaries.fits",
        lamost_fgk=f"{RESULTS}/catalogues/lamost_fgk.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
        niu_sign=f"{RESULTS}/samples/niu_sign.ecsv",
        bins=f"{RESULTS}/validation/snr_bins.ecsv",
        power_laws=f"{RESULTS}/validation/power_laws.ecsv",
        summary=f"{RESULTS}/comparisons/summary.ecsv",
        aspcap_correction=f"{RESULTS}/comparisons/aspcap_correction.ecsv",
        products=f"{RESULTS}/audit/products.ecsv",
        aspcap=f"{RESULTS}/comparisons/aspcap.fits",
        recovery=RECOVERED["recovery"],
        recovered_counts=RECOVERED["recovered_counts"],
        recovered_sample=RECOVERED["recovered_sample"],
        pulls=RECOVERED["pulls"],
        released_labels=f"{RESULTS}/diagnostics/released_labels.ecsv",
        records=RECORDED,
        paper_sample=f"{RESULTS}/diagnostics/paper_sample.ecsv",
        paper_sample_counts=f"{RESULTS}/diagnostics/paper_sample_counts.ecsv",
    output:
        claims=f"{RESULTS}/audit/claims.ecsv",
        text=f"{RESULTS}/audit/claims.md",
    params:
        config=config,
    script:
        "../scripts/audit_claims.py"
