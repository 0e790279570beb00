# Stages 3 to 7: candidates, pairs, the Niu+2023 correction, labels, split, and which
# spectra are needed.


rule deredden_m_type:
    """Place every M-type star in the dereddened colour-magnitude diagram."""
    input:
        boss=f"{RESULTS}/catalogues/boss.fits",
        gaia=f"{RESULTS}/catalogues/gaia.fits",
        bayestar=RAW["bayestar"],
    output:
        placed=f"{RESULTS}/samples/placed.fits",
    params:
        extinction=config["extinction"],
    script:
        "../scripts/deredden_m_type.py"


rule select_candidates:
    """Apply criteria 1 to 4 to every star, and count what each removes."""
    input:
        placed=f"{RESULTS}/samples/placed.fits",
    output:
        m_type=f"{RESULTS}/samples/m_type.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
        counts=f"{RESULTS}/samples/candidate_counts.ecsv",
    params:
        candidates=config["candidates"],
    script:
        "../scripts/select_candidates.py"


rule diagnose_selection:
    """Count the M dwarfs that each criterion costs, by APOGEE's labels."""
    input:
        m_type=f"{RESULTS}/samples/m_type.fits",
        apogee_net=f"{RESULTS}/catalogues/apogee_net.fits",
        aspcap=f"{RESULTS}/catalogues/aspcap.fits",
    output:
        table=f"{RESULTS}/diagnostics/selection.ecsv",
    params:
        bins=config["diagnostics"]["selection"],
    script:
        "../scripts/diagnose_selection.py"


rule pair_fgk_m:
    """Pair LAMOST FGK dwarfs with M-dwarf candidates and apply the quality cuts."""
    input:
        wide_binaries=f"{RESULTS}/catalogues/wide_binaries.fits",
        lamost_fgk=f"{RESULTS}/catalogues/lamost_fgk.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
        bayestar=RAW["bayestar"],
    output:
        pairs=f"{RESULTS}/samples/pairs_fgk_m.fits",
        counts=f"{RESULTS}/samples/pairs_fgk_m_counts.ecsv",
    params:
        pairs=config["pairs"],
        extinction=config["extinction"],
    script:
        "../scripts/pair_fgk_m.py"


rule pair_m_m:
    """Pair M-dwarf candidates with each other and apply the quality cuts."""
    input:
        wide_binaries=f"{RESULTS}/catalogues/wide_binaries.fits",
        candidates=f"{RESULTS}/samples/candidates.fits",
    output:
        pairs=f"{RESULTS}/samples/pairs_m_m.fits",
        counts=f"{RESULTS}/samples/pairs_m_m_counts.ecsv",
    params:
        pairs=only("pairs", "r_chance_align_max", "ruwe_max"),
    script:
        "../scripts/pair_m_m.py"


rule pair_fgk_fgk:
    """Pair LAMOST FGK dwarfs with each other."""
    input:
        wide_binaries=f"{RESULTS}/catalogues/wide_binaries.fits",
        lamost_fgk=f"{RESULTS}/catalogues/lamost_fgk.fits",
    output:
        pairs=f"{RESULTS}/samples/pairs_fgk_fgk.fits",
        counts=f"{RESULTS}/samples/pairs_fgk_fgk_counts.ecsv",
    params:
        pairs=only("pairs", "r_chance_align_max", "fgk_teff"),
    script:
        "../scripts/pair_fgk_fgk.py"


rule settle_niu_sign:
    """Find the sign of the Niu+2023 correction: the one that flattens Figure 12."""
    input:
        pairs=f"{RESULTS}/samples/pairs_fgk_fgk.fits",
    output:
        sign=f"{RESULTS}/samples/niu_sign.ecsv",
    script:
        "../scripts/settle_niu_sign.py"


rule assemble_labels:
    """Give the selected FGK+M pairs their labels; record what is lacking."""
    input:
        pairs=f"{RESULTS}/samples/pairs_fgk_m.fits",
        sign=f"{RESULTS}/samples/niu_sign.ecsv",
        apogee_net=f"{RESULTS}/catalogues/apogee_net.fits",
        aspcap=f"{RESULTS}/catalogues/aspcap.fits",
    output:
        labels=OWN_LABELS,
    params:
        labels=config["slam"]["labels"],
    script:
        "../scripts/assemble_labels.py"


# labels.source: published. The training and test stars are those of the paper's own
# table, with its labels; the sample that is built here is compared with it all the same.


rule take_paper_labels:
    """Take the labels of the paper's table, for those of its stars that are candidates."""
    input:
        paper_pairs=f"{RESULTS}/catalogues/paper_pairs.fits",
        m_type=f"{RESULTS}/samples/m_type.fits",
    output:
        labels=LABELS_FROM_PAPER,
        stars=f"{RESULTS}/samples/paper_stars.fits",
    script:
        "../scripts/take_paper_labels.py"


rule split_sample:
    """Divide the labelled stars into a training and a test set."""
    input:
        labels=f"{RESULTS}/samples/labels.fits",
    output:
        split=f"{RESULTS}/samples/split.fits",
    params:
        split=config["split"],
        seed=config["seed"],
    script:
        "../scripts/split_sample.py"


# For candidates: released. Spectra of the training, test and M+M stars are fetched and
# predicted; the other candidates have the labels that SDSS released.


rule choose_spectra:
    """Choose the candidates whose spectra are fetched."""
    input:
        candidates=f"{RESULTS}/samples/candidates.fits",
        labels=f"{RESULTS}/samples/labels.fits",
        pairs=f"{RESULTS}/samples/pairs_m_m.fits",
    output:
        chosen=f"{RESULTS}/samples/chosen.fits",
    script:
        "../scripts/choose_spectra.py"
