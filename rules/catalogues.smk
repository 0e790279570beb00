# Stage 2: one clean catalogue per source, with units and with nulls as nulls. Those that
# are made of one raw file and nothing else are entries of the registry; the others take
# more, and have rules of their own.


rule clean_catalogue:
    """Make one catalogue of the registry clean."""
    input:
        raw=lambda wildcards: RAW[entry(wildcards).raw.key],
    output:
        catalogue=f"{RESULTS}/catalogues/{{catalogue}}.fits",
    wildcard_constraints:
        catalogue="|".join(CATALOGUES),
    params:
        code=lambda wildcards: code(
            "clean_catalogue", *registry.modules(entry(wildcards).reader)
        ),
        reader=lambda wildcards: entry(wildcards).reader,
        arguments=lambda wildcards: entry(wildcards).arguments,
        order=lambda wildcards: entry(wildcards).order,
    script:
        "../scripts/clean_catalogue.py"


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


rule clean_lamost_fgk:
    """Keep the best LAMOST A/F/G/K spectrum of each star in a wide binary."""
    input:
        raw=RAW["lamost_stellar"],
        wide_binaries=f"{RESULTS}/catalogues/wide_binaries.fits",
    output:
        catalogue=f"{RESULTS}/catalogues/lamost_fgk.fits",
    script:
        "../scripts/clean_lamost_fgk.py"


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
