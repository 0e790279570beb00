# Stage 1, real: every raw file from its archive, by the route that the configuration
# chooses. A raw file and its record are kept when a job runs again (update): what an
# earlier run fetched, or somebody put there by hand, is verified and used. These rules
# make what those of raw_simulated.smk make, so that a run has either.

from mdwarfs.archives.settings import by_route, source_of

if config["source"] == "archives":

    ARCHIVES = config["archives"]
    try:
        for key in ARCHIVES["inputs"]:
            for route in ("download", "query"):
                source_of(ARCHIVES, key, route)
    except InputError as error:
        raise WorkflowError(error)
    SINGLE = ["parsec", "spectra", "paper_table"]  # have rules of their own
    RECORDS = {key: f"{path}.json" for key, path in RAW.items()}

    # The spectra of LAMOST are kept of those stars alone that are in a wide binary.
    STARS_OF = {"lamost_stellar": {"stars": f"{RESULTS}/catalogues/wide_binaries.fits"}}

    # One connection to each archive at a time, unless --resources says otherwise.
    for archive in ARCHIVES["addresses"]:
        workflow.global_resources.setdefault(archive, 1)

    for key, found in by_route(ARCHIVES, "download", set(RAW) - set(SINGLE)).items():

        rule retrieve_file:
            """Fetch one official file; of a table, keep what is needed."""
            name:
                f"retrieve_{key}"
            input:
                **STARS_OF.get(key, {}),
            output:
                file=update(RAW[key]),
                record=update(RECORDS[key]),
            resources:
                **{found["slot"]: 1},
            params:
                code=code(
                    "retrieve_file", *registry.modules(registry.INPUTS[key].excerpt)
                ),
                excerpt=registry.INPUTS[key].excerpt,
                source=found,
                limits=ARCHIVES["limits"],
                boss=config["boss"],
            script:
                "../scripts/retrieve_file.py"

    OF_SKYSERVER = {
        key: found
        for key, found in by_route(ARCHIVES, "query").items()
        if found["slot"] == "skyserver"
    }
    for key, found in OF_SKYSERVER.items():

        rule retrieve_skyserver:
            """Ask SkyServer for the needed rows of one SDSS table."""
            name:
                f"retrieve_{key}"
            output:
                file=update(RAW[key]),
                record=update(RECORDS[key]),
            resources:
                skyserver=1,
            params:
                code=code(
                    "retrieve_skyserver",
                    *registry.modules(registry.INPUTS[key].excerpt),
                ),
                key=key,
                excerpt=registry.INPUTS[key].excerpt,
                source=found,
                official=source_of(ARCHIVES, key, "download"),
                limits=ARCHIVES["limits"],
                boss=config["boss"],
            script:
                "../scripts/retrieve_skyserver.py"

    if ARCHIVES["inputs"]["wide_binaries"]["route"] == "query":

        rule retrieve_wide_binaries:
            """Ask VizieR for the wide binaries that may be used."""
            input:
                gaia=f"{RESULTS}/catalogues/gaia.fits",
            output:
                file=update(RAW["wide_binaries"]),
                record=update(RECORDS["wide_binaries"]),
            resources:
                vizier=1,
            params:
                source=source_of(ARCHIVES, "wide_binaries"),
                official=source_of(ARCHIVES, "wide_binaries", "download"),
                limits=ARCHIVES["limits"],
                r_max=config["pairs"]["r_chance_align_max"],
                config_keys={"r_max": "pairs.r_chance_align_max"},
            script:
                "../scripts/retrieve_wide_binaries.py"

    if ARCHIVES["inputs"]["lamost_stellar"]["route"] == "query":

        rule retrieve_lamost_stellar:
            """Ask VizieR for the LAMOST spectra of stars in wide binaries."""
            input:
                **STARS_OF["lamost_stellar"],
            output:
                file=update(RAW["lamost_stellar"]),
                record=update(RECORDS["lamost_stellar"]),
            resources:
                vizier=1,
            params:
                source=source_of(ARCHIVES, "lamost_stellar"),
                official=source_of(ARCHIVES, "lamost_stellar", "download"),
                limits=ARCHIVES["limits"],
            script:
                "../scripts/retrieve_lamost_stellar.py"

    if ARCHIVES["inputs"]["birky"]["route"] == "query":

        rule retrieve_birky:
            """Ask VizieR for the labels of Birky+2020."""
            output:
                file=update(RAW["birky"]),
                record=update(RECORDS["birky"]),
            resources:
                vizier=1,
            params:
                source=source_of(ARCHIVES, "birky"),
                limits=ARCHIVES["limits"],
            script:
                "../scripts/retrieve_birky.py"

    rule retrieve_gaia:
        """Ask the Gaia archive for the DR3 and 2MASS rows of the M-type stars."""
        input:
            boss=f"{RESULTS}/catalogues/boss.fits",
        output:
            file=update(RAW["gaia"]),
            record=update(RECORDS["gaia"]),
        resources:
            gaia=1,
        params:
            source=source_of(ARCHIVES, "gaia"),
            limits=ARCHIVES["limits"],
        script:
            "../scripts/retrieve_gaia.py"

    rule retrieve_isochrones:
        """Fetch the PARSEC isochrones from the CMD server."""
        output:
            file=update(RAW["parsec"]),
            record=update(RECORDS["parsec"]),
        resources:
            cmd=1,
        params:
            source=source_of(ARCHIVES, "parsec"),
            limits=ARCHIVES["limits"],
            isochrones=config["isochrones"],
        script:
            "../scripts/retrieve_isochrones.py"

    rule retrieve_paper_table:
        """Fetch the paper's own Table 3; if it does not come, write down why."""
        output:
            file=update(RAW["paper_table"]),
            record=update(RECORDS["paper_table"]),
        resources:
            nadc=1,
        params:
            source=source_of(ARCHIVES, "paper_table"),
            limits=ARCHIVES["limits"],
        script:
            "../scripts/retrieve_paper_table.py"

    rule retrieve_part:
        """Fetch coadded BOSS spectra of some stars, those that are not there yet."""
        input:
            stars=STARS_WITH_SPECTRA,
        output:
            manifest=temp(f"{SHARES_OF_SPECTRA}/{{scatteritem}}.ecsv"),
        resources:
            sas=1,
        params:
            folder=FOLDER_OF_SPECTRA,
            source=source_of(ARCHIVES, "spectra"),
            limits=ARCHIVES["limits"],
            streams=ARCHIVES["streams"],
        script:
            "../scripts/retrieve_part.py"

    rule retrieve_spectra:
        """List the spectra that were fetched."""
        input:
            parts=gather.stars(f"{SHARES_OF_SPECTRA}/{{scatteritem}}.ecsv"),
        output:
            manifest=RAW["spectra"],
            record=RECORDS["spectra"],
        params:
            made_by=code("retrieve_part"),
            source=source_of(ARCHIVES, "spectra"),
        script:
            "../scripts/retrieve_spectra.py"
