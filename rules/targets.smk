# Targets by name, each a stage that can be asked for alone.

from mdwarfs.figures.registry import EXPERIMENT

# The two files of a figure.
DRAWN = [f"{FIGURES}/{{name}}.pdf", f"{FIGURES}/{{name}}.png"]

# The two catalogues of a run, and what lies beside them.
CATALOGUED = [
    f"{RESULTS}/catalogue/{name}.fits"
    for name in [
        "slam_labels",
        "hybrid_labels",
        *(["slam_posteriors"] if HAS["posteriors"] else []),
    ]
]

if HAS["files"]:
    TARGETS = {
        "samples": [
            f"{RESULTS}/samples/{name}"
            for name in ["labels.fits", "split.fits", "selected.ecsv"]
        ],
        "train": [f"{RESULTS}/slam/model.fits"],
        "predict": CATALOGUED,
        "validate": [
            f"{RESULTS}/validation/{name}"
            for name in [
                "test.fits",
                "power_laws.ecsv",
                "calibration.ecsv",
                "methods.ecsv",
                "pulls.ecsv",
                "summary.md",
                *(["compared.ecsv"] if HAS["compared"] else []),
            ]
        ],
        "tables": [],
        "audit": [
            f"{RESULTS}/audit/numbers.ecsv",
            f"{RESULTS}/audit/products.ecsv",
        ],
    }
else:
    TARGETS = {
        "samples": [
            f"{RESULTS}/samples/{name}"
            for name in [
                "candidates.fits",
                "pairs_fgk_m.fits",
                "pairs_m_m.fits",
                "pairs_fgk_fgk.fits",
                "labels.fits",
                "split.fits",
            ]
        ],
        "train": [f"{RESULTS}/slam/model.fits"],
        "predict": CATALOGUED,
        "validate": [
            f"{RESULTS}/validation/power_laws.ecsv",
            f"{RESULTS}/comparisons/summary.ecsv",
            f"{RESULTS}/comparisons/aspcap_correction.ecsv",
        ],
        "tables": [
            f"{RESULTS}/tables/{table.name}.{form}"
            for table in TABLES
            for form in table.forms
        ],
        "audit": [
            f"{RESULTS}/audit/products.ecsv",
            f"{RESULTS}/audit/claims.ecsv",
        ],
    }

if config["source"] == "archives":  # the records, so that files put there are verified
    TARGETS["retrieve"] = list(RECORDS.values())

TARGETS["figures"] = expand(DRAWN, name=named(PAPER, HAS) + named(GIVEN, HAS))
TARGETS["diagnostics"] = [
    f"{RESULTS}/diagnostics/interpretation.md",
    *expand(DRAWN, name=named(DIAGNOSTIC, HAS)),
    *([f"{RESULTS}/metal_poor/candidates.fits"] if HAS["survey"] else []),
    *([f"{RESULTS}/metal_poor/recovered.ecsv"] if HAS["truth"] else []),
]

TARGETS["report"] = [PAGE]

# What a run was configured by is written down with whatever is made of it.
for target in set(TARGETS) - {"retrieve"}:
    TARGETS[target] = [*TARGETS[target], CONFIGURATION]

TARGETS["all"] = list(
    dict.fromkeys(path for paths in TARGETS.values() for path in paths)
)


rule figures:
    """Figures of the paper, or those of a run on given spectra."""
    input:
        TARGETS["figures"],


rule tables:
    """All tables of the paper."""
    input:
        TARGETS["tables"],


rule samples:
    """Candidates, pairs, labels and their split."""
    input:
        TARGETS["samples"],


rule train:
    """The trained SLAM model."""
    input:
        TARGETS["train"],


rule predict:
    """The labels of all candidates."""
    input:
        TARGETS["predict"],


rule validate:
    """Uncertainties and comparisons."""
    input:
        TARGETS["validate"],


rule audit:
    """The audit of products and claims."""
    input:
        TARGETS["audit"],


rule report:
    """The page of the run."""
    input:
        TARGETS["report"],


rule diagnostics:
    """What the run shows of itself beyond the paper."""
    input:
        TARGETS["diagnostics"],


rule experiments:
    """Experiments that train anew: not part of `all`."""
    input:
        expand(DRAWN, name=named(EXPERIMENT, HAS)),
        [f"{RESULTS}/experiments/ingredients.ecsv"] if HAS["survey"] else [],


if config["source"] == "archives":

    rule retrieve:
        """Every raw file, with the record of where it came from."""
        input:
            TARGETS["retrieve"],
