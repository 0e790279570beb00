# Stage 1, simulated: the embedded survey writes every raw file in its archive's form. As
# where they are fetched, jobs share the stars whose spectra are written, and what is
# written is the same.


# The catalogues to compare with, each by the function of its entry in the registry.
SIMULATED = {c.raw.key: c.raw.simulated for c in CATALOGUES.values() if c.comparison}


if config["source"] == "simulated":

    rule simulate_survey:
        """Simulate the survey and write its raw tables, and the truth beside them."""
        output:
            **{key: path for key, path in RAW.items() if key != "spectra"},
            truth=f"{RESULTS}/raw/truth.fits",
            truth_paper_table=f"{RESULTS}/raw/truth_paper_table.fits",
        params:
            code=code("simulate_survey", *registry.modules(*SIMULATED.values())),
            catalogues=SIMULATED,
            simulation=config["simulation"],
            isochrones=config["isochrones"],
            seed=config["seed"],
        script:
            "../scripts/simulate_survey.py"

    rule simulate_part:
        """Write the coadded BOSS spectra of some of the stars."""
        input:
            truth=f"{RESULTS}/raw/truth.fits",
        output:
            manifest=temp(f"{SHARES_OF_SPECTRA}/{{scatteritem}}.ecsv"),
        threads: 16
        params:
            folder=FOLDER_OF_SPECTRA,
            release=RELEASE,
            seed=config["seed"],
        script:
            "../scripts/simulate_part.py"

    rule simulate_spectra:
        """List the spectra that were simulated."""
        input:
            parts=gather.stars(f"{SHARES_OF_SPECTRA}/{{scatteritem}}.ecsv"),
        output:
            manifest=RAW["spectra"],
        params:
            made_by=code("simulate_part"),
            simulation=config["simulation"],
            seed=config["seed"],
        script:
            "../scripts/simulate_spectra.py"
