# The real run: 54 LAMOST spectra, leave-one-out. They are fetched, unless their folder is
# given.


if config["source"] == "lamost54":

    # What is read here stands in the place of what the survey's rules would make.
    ruleorder: read_lamost54 > assemble_labels
    ruleorder: read_lamost54 > split_sample
    ruleorder: read_lamost54 > normalise_spectra
    ruleorder: cross_validate > predict_labels
    ruleorder: cross_validate > emulate_labels

    FETCHED = f"{RESULTS}/raw/lamost"
    if "folder" in config["lamost54"]:
        LABELS54 = f"{config['lamost54']['folder']}/lamost54_labels.csv"
        SPECTRA54 = f"{config['lamost54']['folder']}/spectrum"
        MANIFEST54 = []
        for needed in [LABELS54, SPECTRA54]:
            if not Path(needed).exists():
                raise WorkflowError(
                    f"lamost54.folder: there is no {Path(needed).resolve()}.\n"
                    "The folder has to hold lamost54_labels.csv and spectrum/, as "
                    "docs/real_files.md says. Without it in the configuration, the spectra "
                    "and their labels are fetched from GitHub."
                )
    else:
        LABELS54 = f"{RESULTS}/catalogues/lamost54_labels.csv"
        MANIFEST54 = f"{FETCHED}/files.ecsv"
        SPECTRA54 = f"{FETCHED}/data/spectrum"
        # Not from the working directory: the list belongs to the checkout.
        FILES54 = str(ROOT / "config" / "lamost54_files.tsv")

        rule retrieve_lamost54:
            """Fetch the spectra and the catalogue of labels, those not there yet."""
            input:
                files=FILES54,
            output:
                manifest=MANIFEST54,
            params:
                fetch=config["lamost54"]["fetch"],
            script:
                "../scripts/retrieve_lamost54.py"

        rule list_lamost54:
            """Join the spectra with the labels of their stars."""
            input:
                files=FILES54,
                manifest=MANIFEST54,
            output:
                labels=LABELS54,
            params:
                catalogue="fit/catalog_A.csv",
            script:
                "../scripts/list_lamost54.py"

    rule read_lamost54:
        """Read the labels, and read, shift and normalise the spectra."""
        input:
            labels=LABELS54,
            spectra=MANIFEST54 or SPECTRA54,
        output:
            labels=f"{RESULTS}/samples/labels.fits",
            split=f"{RESULTS}/samples/split.fits",
            spectra=f"{RESULTS}/spectra/normalised.fits",
        params:
            folder=SPECTRA54,
            spectra=config["spectra"],
            criteria=only(
                "lamost54", "snr_min", "min_good_fraction", "subclasses", "set_aside"
            ),
        script:
            "../scripts/read_lamost54.py"

    rule cross_validate:
        """Predict each training star without it, and the others with the whole model."""
        input:
            model=f"{RESULTS}/slam/model.fits",
            spectra=f"{RESULTS}/spectra/normalised.fits",
            labels=f"{RESULTS}/samples/labels.fits",
        output:
            predictions=f"{RESULTS}/slam/predictions.fits",
        threads: 16
        params:
            slam=TRAINING,
            prediction=config["prediction"],
            seed=config["seed"],
        script:
            "../scripts/cross_validate.py"

    rule summarise_lamost54:
        """Say what came out, in numbers and in words."""
        input:
            test=f"{RESULTS}/validation/test.fits",
            predictions=f"{RESULTS}/slam/predictions.fits",
            labels=f"{RESULTS}/samples/labels.fits",
        output:
            summary=f"{RESULTS}/validation/summary.ecsv",
            text=f"{RESULTS}/validation/summary.md",
        script:
            "../scripts/summarise_lamost54.py"
