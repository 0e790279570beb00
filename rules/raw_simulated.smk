# Stage 1, simulated: the embedded survey writes every raw file in its archive's form.

# The catalogues to compare with, each by the function of its entry in the registry.
SIMULATED = {c.raw.key: c.raw.simulated for c in CATALOGUES.values() if c.comparison}


if config["source"] == "simulated":

    rule simulate_survey:
        """Simulate the survey and write its raw files, and the truth beside them."""
        output:
            **RAW,
            truth=f"{RESULTS}/raw/truth.fits",
            truth_paper_table=f"{RESULTS}/raw/truth_paper_table.fits",
        threads: 16
        params:
            code=code("simulate_survey", *registry.modules(*SIMULATED.values())),
            catalogues=SIMULATED,
            simulation=config["simulation"],
            isochrones=config["isochrones"],
            seed=config["seed"],
        script:
            "../scripts/simulate_survey.py"
