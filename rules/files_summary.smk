# What a run on given spectra is held against: other methods on the same stars, the
# references in units of each uncertainty, and labels of others; and what it says.

if config["source"] == "files":

    COMPARED_WITH = {
        name: entry
        | (
            {"table": given.located(entry["table"], FETCHED, ROOT)}
            if "table" in entry
            else {}
        )
        for name, entry in FILES["compared"].items()
    }

    rule compare_methods:
        """Hold SLAM against all other methods, on the very same stars and parts."""
        input:
            methods=f"{RESULTS}/methods/labels.fits",
            settings=f"{RESULTS}/methods/settings.ecsv",
            labels=f"{RESULTS}/samples/labels.fits",
            predictions=f"{RESULTS}/slam/predictions.fits",
        output:
            methods=f"{RESULTS}/validation/methods.ecsv",
        params:
            names=config["slam"]["labels"],
            seed=config["seed"],
        script:
            "../scripts/compare_methods.py"

    rule pull_references:
        """Give differences from the references in units of each uncertainty."""
        input:
            held_out=f"{RESULTS}/slam/held_out.fits",
            predictions=f"{RESULTS}/slam/predictions.fits",
            labels=f"{RESULTS}/samples/labels.fits",
            split=f"{RESULTS}/samples/split.fits",
        output:
            stars=f"{RESULTS}/validation/pulls_of_stars.fits",
            pulls=f"{RESULTS}/validation/pulls.ecsv",
        params:
            names=config["slam"]["labels"],
            usable=config["prediction"]["usable"],
            uncertainty=only("uncertainty", "parts", "min_per_bin", "snr_bins"),
            seed=config["seed"],
        script:
            "../scripts/pull_references.py"

    if HAS["compared"]:

        rule compare_others:
            """Hold SLAM and the references against labels of others."""
            input:
                predictions=f"{RESULTS}/slam/predictions.fits",
                labels=f"{RESULTS}/samples/labels.fits",
                tables=[x["table"] for x in COMPARED_WITH.values() if "table" in x],
            output:
                stars=f"{RESULTS}/validation/compared_stars.fits",
                compared=f"{RESULTS}/validation/compared.ecsv",
            params:
                compared=COMPARED_WITH,
            script:
                "../scripts/compare_others.py"

    rule summarise_files:
        """Say what came out, in numbers and in words."""
        input:
            test=f"{RESULTS}/validation/test.fits",
            predictions=f"{RESULTS}/slam/predictions.fits",
            labels=f"{RESULTS}/samples/labels.fits",
            methods=f"{RESULTS}/validation/methods.ecsv",
            pulls=f"{RESULTS}/validation/pulls.ecsv",
            limits=f"{RESULTS}/validation/fit_limits.ecsv",
            compared=(f"{RESULTS}/validation/compared.ecsv" if HAS["compared"] else []),
        output:
            summary=f"{RESULTS}/validation/summary.ecsv",
            text=f"{RESULTS}/validation/summary.md",
            numbers=f"{RESULTS}/audit/numbers.ecsv",
        params:
            names=config["slam"]["labels"],
            validation=FILES["validation"],
            velocity=FILES["velocity"],
        script:
            "../scripts/summarise_files.py"
