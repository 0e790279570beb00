# Stages 3 to 7: candidates, pairs, the Niu+2023 correction, labels, split.


rule deredden_m_type:
    """Place every M-type star in the dereddened colour-magnitude diagram."""
    input:
        boss=f"{RESULTS}/catalogues/boss.fits",
        gaia=f"{RESULTS}/catalogues/gaia.fits",
        bayestar=RAW["bayestar"],
    output:
        m_type=f"{RESULTS}/samples/m_type.fits",
    log:
        f"{LOGS}/deredden_m_type.log",
    benchmark:
        f"{BENCHMARKS}/deredden_m_type.tsv"
    conda:
        "../environment.yml"
    params:
        extinction=config["extinction"],
        candidates=config["candidates"],
        stamp=STAMP,
        code=code("deredden_m_type"),
    script:
        "../scripts/deredden_m_type.py"


rule select_candidates:
    """Apply criteria 1 to 4 and count what each removes."""
    input:
        m_type=f"{RESULTS}/samples/m_type.fits",
    output:
        candidates=f"{RESULTS}/samples/candidates.fits",
        counts=f"{RESULTS}/samples/candidate_counts.ecsv",
    log:
        f"{LOGS}/select_candidates.log",
    benchmark:
        f"{BENCHMARKS}/select_candidates.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("select_candidates"),
    script:
        "../scripts/select_candidates.py"


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
    log:
        f"{LOGS}/pair_fgk_m.log",
    benchmark:
        f"{BENCHMARKS}/pair_fgk_m.tsv"
    conda:
        "../environment.yml"
    params:
        pairs=config["pairs"],
        extinction=config["extinction"],
        stamp=STAMP,
        code=code("pair_fgk_m"),
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
    log:
        f"{LOGS}/pair_m_m.log",
    benchmark:
        f"{BENCHMARKS}/pair_m_m.tsv"
    conda:
        "../environment.yml"
    params:
        pairs=only("pairs", "r_chance_align_max", "ruwe_max"),
        stamp=STAMP,
        code=code("pair_m_m"),
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
    log:
        f"{LOGS}/pair_fgk_fgk.log",
    benchmark:
        f"{BENCHMARKS}/pair_fgk_fgk.tsv"
    conda:
        "../environment.yml"
    params:
        pairs=only("pairs", "r_chance_align_max", "fgk_teff"),
        stamp=STAMP,
        code=code("pair_fgk_fgk"),
    script:
        "../scripts/pair_fgk_fgk.py"


rule settle_niu_sign:
    """Find the sign of the Niu+2023 correction: the one that flattens Figure 12."""
    input:
        pairs=f"{RESULTS}/samples/pairs_fgk_fgk.fits",
    output:
        sign=f"{RESULTS}/samples/niu_sign.ecsv",
    log:
        f"{LOGS}/settle_niu_sign.log",
    benchmark:
        f"{BENCHMARKS}/settle_niu_sign.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("settle_niu_sign"),
    script:
        "../scripts/settle_niu_sign.py"


rule assemble_labels:
    """Give the selected FGK+M pairs their five labels; record what is lacking."""
    input:
        pairs=f"{RESULTS}/samples/pairs_fgk_m.fits",
        sign=f"{RESULTS}/samples/niu_sign.ecsv",
        apogee_net=f"{RESULTS}/catalogues/apogee_net.fits",
        aspcap=f"{RESULTS}/catalogues/aspcap.fits",
    output:
        labels=OWN_LABELS,
    log:
        f"{LOGS}/assemble_labels.log",
    benchmark:
        f"{BENCHMARKS}/assemble_labels.tsv"
    conda:
        "../environment.yml"
    params:
        stamp=STAMP,
        code=code("assemble_labels"),
    script:
        "../scripts/assemble_labels.py"


rule split_sample:
    """Divide the labelled stars into a training and a test set."""
    input:
        labels=f"{RESULTS}/samples/labels.fits",
    output:
        split=f"{RESULTS}/samples/split.fits",
    log:
        f"{LOGS}/split_sample.log",
    benchmark:
        f"{BENCHMARKS}/split_sample.tsv"
    conda:
        "../environment.yml"
    params:
        split=config["split"],
        seed=config["seed"],
        stamp=STAMP,
        code=code("split_sample"),
    script:
        "../scripts/split_sample.py"
