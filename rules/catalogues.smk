# Stage 2: one clean catalogue per source, with units and with nulls as nulls.


rule clean_boss:
    """Keep the M-type entries of the BOSS list, one per star, with its Gaia name."""
    input:
        raw=RAW["spall"],
        names=RAW["slam"] if SDSS["gaia_release"] == 3 else [],
    output:
        catalogue=f"{RESULTS}/catalogues/boss.fits",
    params:
        boss=config["boss"],
    script:
        "../scripts/clean_boss.py"


rule clean_gaia:
    """Keep one Gaia DR3 source, with its 2MASS photometry, per identifier asked for."""
    input:
        raw=RAW["gaia"],
    output:
        catalogue=f"{RESULTS}/catalogues/gaia.fits",
    params:
        release=SDSS["gaia_release"],
    script:
        "../scripts/clean_gaia.py"


rule clean_wide_binaries:
    """Keep the columns of the wide-binary catalogue that are used."""
    input:
        raw=RAW["wide_binaries"],
    output:
        catalogue=f"{RESULTS}/catalogues/wide_binaries.fits",
    script:
        "../scripts/clean_wide_binaries.py"


rule clean_lamost_fgk:
    """Keep the best LAMOST A/F/G/K spectrum of each star in a wide binary."""
    input:
        raw=RAW["lamost_stellar"],
        wide_binaries=f"{RESULTS}/catalogues/wide_binaries.fits",
    output:
        catalogue=f"{RESULTS}/catalogues/lamost_fgk.fits",
    script:
        "../scripts/clean_lamost_fgk.py"


rule clean_lamost_m:
    """Keep one LAMOST M-dwarf spectrum per Gaia source: the best."""
    input:
        raw=RAW["lamost_mstellar"],
    output:
        catalogue=f"{RESULTS}/catalogues/lamost_m.fits",
    script:
        "../scripts/clean_lamost_m.py"


rule clean_apogee_net:
    """Keep one APOGEE Net result per star: that of the best spectrum."""
    input:
        raw=RAW["apogee_net"],
    output:
        catalogue=f"{RESULTS}/catalogues/apogee_net.fits",
    script:
        "../scripts/clean_apogee_net.py"


rule clean_aspcap:
    """Keep one ASPCAP result per star: that of the best spectrum."""
    input:
        raw=RAW["aspcap"],
    output:
        catalogue=f"{RESULTS}/catalogues/aspcap.fits",
    script:
        "../scripts/clean_aspcap.py"


rule clean_astra_slam:
    """Keep one released SLAM result per star, with variances made errors."""
    input:
        raw=RAW["slam"],
    output:
        catalogue=f"{RESULTS}/catalogues/astra_slam.fits",
    script:
        "../scripts/clean_astra_slam.py"


rule clean_birky:
    """Read the labels of Birky+2020."""
    input:
        raw=RAW["birky"],
    output:
        catalogue=f"{RESULTS}/catalogues/birky.fits",
    script:
        "../scripts/clean_birky.py"


rule clean_behmard:
    """Read the labels of Behmard+2025."""
    input:
        raw=RAW["behmard"],
    output:
        catalogue=f"{RESULTS}/catalogues/behmard.fits",
    script:
        "../scripts/clean_behmard.py"


rule clean_paper_pairs:
    """Read the paper's own table of FGK+M pairs, or why it is not at hand."""
    input:
        raw=RAW["paper_table"],
    output:
        catalogue=f"{RESULTS}/catalogues/paper_pairs.fits",
    script:
        "../scripts/clean_paper_pairs.py"


rule clean_parsec:
    """Read the PARSEC isochrones of Figure 11."""
    input:
        raw=RAW["parsec"],
    output:
        catalogue=f"{RESULTS}/catalogues/parsec.ecsv",
    params:
        isochrones=config["isochrones"],
    script:
        "../scripts/clean_parsec.py"


rule diagnose_released_slam:
    """Decide from the released SLAM table itself what its columns are."""
    input:
        slam=RAW["slam"],
    output:
        tests=f"{RESULTS}/diagnostics/released_slam.ecsv",
    script:
        "../scripts/diagnose_released_slam.py"
