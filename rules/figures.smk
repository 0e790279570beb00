# Stage 14: the figures, one rule each, as mdwarfs.figures.registry lists them.


from mdwarfs.figures.registry import DIAGNOSTIC, EXPERIMENT, GIVEN, PAPER
from mdwarfs.figures.registry import FIGURES as REGISTERED

# Where a figure stands in Snakemake's own report (`snakemake --report`).
CATEGORIES = {
    PAPER: "Figures of the paper",
    GIVEN: "Figures of the given spectra",
    DIAGNOSTIC: "Diagnostics",
    EXPERIMENT: "Experiments",
}

# What figures are set by: the configuration, and what follows from it.
SETTINGS = config | {
    "sdss": SDSS,
    "release": RELEASE,
    "simulated": STAMP["simulated"],
}


for figure in REGISTERED:

    rule figure:
        """Draw a figure."""
        name:
            figure.name
        input:
            **figure.inputs(RESULTS, HAS["truth"]),
        output:
            pdf=f"{FIGURES}/{figure.name}.pdf",
            png=report(
                f"{FIGURES}/{figure.name}.png",
                caption="../workflow/report/caption.rst",
                category=CATEGORIES[figure.kind],
                labels={"figure": in_order(figure.caption)},
            ),
        params:
            caption=figure.words,
            module=figure.name,
            settings=figure.values(SETTINGS),
            config_keys=figure.settings,
            code=code("figure", f"figures/{figure.name}.py"),
        script:
            "../scripts/figure.py"

    workflow.get_rule(called(figure.name)).docstring = figure.caption
