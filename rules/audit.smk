# Stage 15: the audit of the configuration, of every product, and of every number that
# the paper claims.

CONFIGURATION = f"{RESULTS}/audit/config.yaml"

# Every table that a run makes of the raw files, with the rule that makes it, by what the
# run must have; raw files, parts that are gathered, the audit's own findings and what
# experiments make are none.
PRODUCTS_BY_NEED = {
    "survey": {
        **{f"catalogues/{name}.fits": "clean_catalogue" for name in CATALOGUES},
        **{f"comparisons/{name}.fits": "compare_catalogue" for name in COMPARED},
        "catalogue/hybrid_labels.fits": "assemble_hybrid",
        "catalogue/slam_labels.fits": "assemble_catalogue",
        "catalogues/boss.fits": "clean_boss",
        "catalogues/gaia.fits": "clean_gaia",
        "catalogues/lamost_fgk.fits": "clean_lamost_fgk",
        "catalogues/parsec.ecsv": "clean_parsec",
        "comparisons/aspcap.fits": "correct_aspcap",
        "comparisons/aspcap_correction.ecsv": "correct_aspcap",
        "comparisons/m_m.fits": "compare_m_m",
        "comparisons/mann.fits": "compare_mann",
        "comparisons/paper_sample.fits": "compare_paper_sample",
        "comparisons/released.fits": "compare_released",
        "comparisons/summary.ecsv": "summarise_comparisons",
        "diagnostics/information.ecsv": "measure_information",
        "diagnostics/paper_sample.ecsv": "compare_paper_sample",
        "diagnostics/paper_sample_counts.ecsv": "compare_paper_sample",
        "diagnostics/pixels.ecsv": "describe_pixels",
        "diagnostics/released_labels.ecsv": "compare_released",
        "diagnostics/released_slam.ecsv": "diagnose_released_slam",
        "diagnostics/selection.ecsv": "diagnose_selection",
        "diagnostics/sensitivity.ecsv": "measure_sensitivity",
        "hybrid/held_out.fits": "train_hybrid",
        "hybrid/model.fits": "train_hybrid",
        "hybrid/predictions.fits": "predict_hybrid",
        "metal_poor/candidates.fits": "select_metal_poor",
        "metal_poor/indices.fits": "measure_indices",
        "metal_poor/kinematics.fits": "measure_kinematics",
        "metal_poor/locus.ecsv": "measure_indices",
        "samples/candidate_counts.ecsv": "select_candidates",
        "samples/candidates.fits": "select_candidates",
        "samples/labels.fits": (
            "take_paper_labels" if LABELS_OF_PAPER else "assemble_labels"
        ),
        "samples/m_type.fits": "select_candidates",
        "samples/niu_sign.ecsv": "settle_niu_sign",
        "samples/pairs_fgk_fgk.fits": "pair_fgk_fgk",
        "samples/pairs_fgk_fgk_counts.ecsv": "pair_fgk_fgk",
        "samples/pairs_fgk_m.fits": "pair_fgk_m",
        "samples/pairs_fgk_m_counts.ecsv": "pair_fgk_m",
        "samples/pairs_m_m.fits": "pair_m_m",
        "samples/pairs_m_m_counts.ecsv": "pair_m_m",
        "samples/placed.fits": "deredden_m_type",
        "samples/split.fits": "split_sample",
        "slam/held_out.fits": (
            "label_training_stars" if MAP else "emulate_training_stars"
        ),
        "slam/model.fits": "train_slam",
        "slam/predictions.fits": "predict_labels",
        "spectra/normalised.fits": "normalise_spectra",
        "tables/table_2.ecsv": "table_2",
        "tables/table_3.ecsv": "table_3",
        "tables/table_3.fits": "table_3",
        "tables/table_4.ecsv": "table_4",
        "tables/table_4.fits": "table_4",
        "validation/calibration.ecsv": "calibrate_uncertainties",
        "validation/fit_limits.ecsv": "limit_fits",
        "validation/gained.ecsv": "compare_gain",
        "validation/gained_catalogues.ecsv": "compare_gain_catalogues",
        "validation/power_laws.ecsv": "fit_uncertainties",
        "validation/snr_bins.ecsv": "fit_uncertainties",
        "validation/test.fits": "compare_test",
    },
    "files": {
        "catalogue/hybrid_labels.fits": "assemble_hybrid",
        "catalogue/slam_labels.fits": "assemble_given",
        "diagnostics/information.ecsv": "measure_information",
        "diagnostics/pixels.ecsv": "describe_pixels",
        "diagnostics/sensitivity.ecsv": "measure_sensitivity",
        "hybrid/held_out.fits": "train_hybrid",
        "hybrid/model.fits": "train_hybrid",
        "hybrid/predictions.fits": "predict_hybrid",
        "methods/labels.fits": "label_by_methods",
        "methods/settings.ecsv": "label_by_methods",
        "samples/labels.fits": "read_files",
        "samples/selected.ecsv": "read_files",
        "samples/split.fits": "read_files",
        "slam/held_out.fits": (
            "cross_validate" if CROSS_VALIDATED else "label_training_stars"
        ),
        "slam/model.fits": "train_slam",
        "slam/predictions.fits": (
            "cross_validate" if CROSS_VALIDATED else "predict_labels"
        ),
        "spectra/normalised.fits": "read_files",
        "validation/calibration.ecsv": "calibrate_uncertainties",
        "validation/fit_limits.ecsv": "limit_fits",
        "validation/methods.ecsv": "compare_methods",
        "validation/gained.ecsv": "compare_gain",
        "validation/power_laws.ecsv": "fit_uncertainties",
        "validation/pulls.ecsv": "pull_references",
        "validation/pulls_of_stars.fits": "pull_references",
        "validation/snr_bins.ecsv": "fit_uncertainties",
        "validation/summary.ecsv": "summarise_files",
        "validation/test.fits": "compare_test",
    },
    "posteriors": {"catalogue/slam_posteriors.fits": "gather_draws"},
    "test_set": {"diagnostics/windows.ecsv": "leave_out_windows"},
    "compared": {
        "validation/compared.ecsv": "compare_others",
        "validation/compared_stars.fits": "compare_others",
    },
    "truth": {
        "audit/expected.ecsv": "recover_expected",
        "audit/recovered_counts.ecsv": "recover_truth",
        "audit/recovered_sample.ecsv": "recover_paper_sample",
        "audit/recovery.ecsv": "recover_truth",
        "diagnostics/injected_sensitivity.ecsv": "recover_sensitivity",
        "diagnostics/limit.ecsv": "recover_limit",
        "diagnostics/pulls.ecsv": "recover_pulls",
        "diagnostics/pulls_of_stars.fits": "recover_pulls",
        "diagnostics/true_selection.ecsv": "recover_selection",
        "metal_poor/recovered.ecsv": "recover_metal_poor",
    },
    "templates": {
        "diagnostics/template_spectra.fits": "diagnose_templates",
        "diagnostics/templates.ecsv": "diagnose_templates",
    },
    "matched": {"metal_poor/templates.fits": "match_templates"},
    "labels_of_paper": {
        "samples/own_labels.fits": "assemble_labels",
        "samples/paper_stars.fits": "take_paper_labels",
    },
    "released_used": {
        "samples/chosen.fits": "choose_spectra",
        "slam/with_released.fits": "add_released_labels",
    },
    "earlier_release": {
        "comparisons/releases.fits": "compare_releases",
        "diagnostics/releases.ecsv": "compare_releases",
        "diagnostics/releases_counts.ecsv": "compare_releases",
    },
    "value_added": {
        "comparisons/value_added.fits": "compare_value_added",
        "diagnostics/value_added.ecsv": "compare_value_added",
    },
}
PRODUCTS = {
    f"{RESULTS}/{product}": rule_
    for need, products in PRODUCTS_BY_NEED.items()
    if HAS[need]
    for product, rule_ in products.items()
}

# A run on the sky has no truth to recover.
RECOVERED = {
    name: f"{RESULTS}/{path}" if HAS["truth"] else []
    for name, path in {
        "recovery": "audit/recovery.ecsv",
        "recovered_sample": "audit/recovered_sample.ecsv",
        "expected": "audit/expected.ecsv",
        "pulls": "diagnostics/pulls.ecsv",
    }.items()
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
        **RECOVERED,
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
        test=f"{RESULTS}/validation/test.fits",
        mann=f"{RESULTS}/comparisons/mann.fits",
        aspcap_correction=f"{RESULTS}/comparisons/aspcap_correction.ecsv",
        products=f"{RESULTS}/audit/products.ecsv",
        aspcap=f"{RESULTS}/comparisons/aspcap.fits",
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
