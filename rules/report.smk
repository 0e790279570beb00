# Stage 16: the page of the run, made of the products, figures and audit of all stages.

from mdwarfs.figures.registry import DIAGNOSTIC, GIVEN, PAPER, named
from mdwarfs.report.contents import BY_NAME as SHOWN
from mdwarfs.report.contents import SECTIONS, shown

ON_PAGE = named(PAPER, HAS) + named(GIVEN, HAS) + named(DIAGNOSTIC, HAS)
PAGE_PRODUCTS = {entry.name: f"{RESULTS}/{entry.path}" for entry in shown(HAS)}
PAGE_STARS = {
    "catalogue": f"{RESULTS}/catalogue/slam_labels.fits",
    "hybrid": f"{RESULTS}/catalogue/hybrid_labels.fits",
    "labels": f"{RESULTS}/samples/labels.fits",
    "split": f"{RESULTS}/samples/split.fits",
    **({"candidates": f"{RESULTS}/samples/candidates.fits"} if HAS["survey"] else {}),
    **({"truth": f"{RESULTS}/raw/truth.fits"} if HAS["truth"] else {}),
}
PAGE = f"{RESULTS}/report"


rule write_report:
    """Write the page of the run."""
    input:
        **PAGE_PRODUCTS,
        **PAGE_STARS,
        figures=expand(f"{FIGURES}/{{name}}.png", name=ON_PAGE),
        spectra=f"{RESULTS}/spectra/normalised.fits",
        model=f"{RESULTS}/slam/model.fits",
        records=RECORDED,
    output:
        page=report(
            directory(PAGE),
            patterns=["tables/{name}.html"],
            caption="../workflow/report/table.rst",
            category="Tables",
            subcategory=lambda wildcards: SECTIONS[SHOWN[wildcards.name].section],
            labels=lambda wildcards: {
                "table": SHOWN[wildcards.name].title.rstrip(".")
            },
        ),
    params:
        config=config,
        words={entry.name: entry.words for entry in shown(HAS)},
        figures=ON_PAGE,
        products=list(PAGE_PRODUCTS),
        catalogues=list(PAGE_STARS),
    script:
        "../scripts/write_report.py"
