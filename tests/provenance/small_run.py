"""A run of a few steps, whose records are made by the code that records every step."""

import json
from types import SimpleNamespace

from astropy.table import Table

from mdwarfs import config as configuration
from mdwarfs import tables
from mdwarfs.audit import claims
from mdwarfs.run.record import recorded
from mdwarfs.spectra import manifest
from mdwarfs.tables.tabulate import annotate, from_rows
from tests.conftest import ROOT, STAMP, Named

CONFIG = {
    "run": "test",
    "source": "simulated",
    "seed": 7,
    "boss": {"class": "STAR", "subclass": "M"},
    "pairs": {"ruwe_max": 1.4, "fgk_teff": [4000, 7000]},
    "prediction": {"method": "map", "usable": {"feh": [-0.6, 0.5]}},
}
ARCHIVE = "https://data.sdss.org/spAll-lite-v6_1_3.fits.gz"
RECORD = {
    "request": {"version": "SDSS DR19"},
    "url": ARCHIVE,
    "time": "2026-11-28T12:01:56+00:00",
}
SUMMARY = {
    "comparison": ("", "Line"),
    "label": ("", "Label"),
    "median": ("", "Median"),
    "product": ("", "Product"),
}
TABLE_2 = {
    "comparison": ("", "Line"),
    "name": ("", "What with"),
    "feh_median": ("dex", "Median"),
    "feh_std": ("dex", "Scatter"),
    "feh_n": ("", "Stars"),
    "teff_median": ("K", "Median"),
    "teff_std": ("K", "Scatter"),
    "teff_n": ("", "Stars"),
}


def step(folder, rule, inputs, outputs, params=None, config=None, make=None, **more):
    """Run a step, which writes its outputs by `make`, by name, or as a line of text."""
    paths = {name: str(folder / path) for name, path in outputs.items()}

    def main(snakemake):
        for name, path in snakemake.output.items():
            writer = (make or {}).get(name)
            if writer is None:
                tables.write_text(path, f"{rule} {name} {more.get('text', '')}\n")
            else:
                writer(path)

    script = {"__file__": str(ROOT / "scripts" / f"{rule}.py"), "main": main}
    exec("def begin(snakemake):\n    main(snakemake)", script)
    stem = "_".join([rule, *more.get("wildcards", {}).values()])
    recorded(
        script["begin"],
        SimpleNamespace(
            rule=rule,
            log=[str(folder / "logs" / f"{stem}.log")],
            input=Named(**{name: str(folder / path) for name, path in inputs.items()}),
            output=Named(**paths),
            wildcards=Named(**more.get("wildcards", {})),
            params=Named(code="0123456789abcdef", stamp=dict(STAMP), **(params or {})),
            config=CONFIG if config is None else config,
        ),
    )


def table(columns, *rows):
    """A function that writes a table of such rows."""
    return lambda path: tables.write(from_rows(rows, columns), path, STAMP)


def labels(path):
    """The catalogue of two stars, one of which has no labels."""
    rows = Table(
        {
            "source_id": [30000000001, 30000000002],
            "sdss_id": [54000001, 54000002],
            "feh": [-0.12, float("nan")],
            "teff": [3456.0, float("nan")],
            "flag_names": ["faint", ""],
            "reason": ["", "there is no such file"],
        }
    )
    tables.write(annotate(rows, {x: ("", x) for x in rows.colnames}), path, STAMP)


def spectra(path):
    """The list of the spectra of these stars."""
    file = path.replace("spectra.ecsv", "spectra/star/one.fits")
    tables.write_text(file, "a spectrum\n")
    listed = manifest.manifest(
        {54000001: "star/one.fits", 54000002: ""},
        manifest.folder_of(path),
        {54000002: "there is no such file"},
    )
    tables.write(listed, path, STAMP)


def audited(path):
    """Two numbers of R1, as the audit finds them."""
    row = ["R1", "section 4", "SLAM minus reference", "", "dex", "within", "printed"]
    row += [0.25, float("nan"), 0.02, 0.24, 0.01, float("nan"), "", claims.SIMULATED]
    row += ["comparisons/summary.ecsv", "summarise_comparisons", "", ""]
    rows = [[*row[:3], name, *row[4:]] for name in ("feh, median", "feh, std")]
    tables.write(from_rows(rows, claims.COLUMNS), path, STAMP)


def made(folder):
    """Make the run; returns the folder of its results."""
    results = folder / "results" / "test"
    tables.write_text(
        results / "audit" / "config.yaml", configuration.config_text(CONFIG, **STAMP)
    )
    raw = "raw/boss/spAll.fits.gz"
    record = {"record": lambda path: tables.write_text(path, json.dumps(RECORD))}
    step(results, "retrieve_spall", {}, {"file": raw, "record": f"{raw}.json"},
         {"boss": CONFIG["boss"]}, make=record)  # fmt: skip
    step(results, "clean_boss", {"raw": raw}, {"catalogue": "catalogues/boss.ecsv"},
         {"boss": CONFIG["boss"]},
         make={"catalogue": table({"sdss_id": ("", "Star"), "teff": ("K", "Teff")},
                                  [54000001, 3400.0])})  # fmt: skip
    step(results, "retrieve_spectra", {"stars": "catalogues/boss.ecsv"},
         {"manifest": "raw/astra/spectra.ecsv"},
         make={"manifest": spectra})  # fmt: skip
    step(results, "train_part", {"spectra": "raw/astra/spectra.ecsv"},
         {"model": "slam/parts/1-of-1.fits"}, {"seed": 7},
         wildcards={"scatteritem": "1-of-1"})  # fmt: skip
    step(results, "train_slam", {"parts": "slam/parts/1-of-1.fits"},
         {"model": "slam/model.fits"})  # fmt: skip
    (results / "slam" / "parts" / "1-of-1.fits").unlink()
    read = {"model": "slam/model.fits", "stars": "catalogues/boss.ecsv"}
    step(results, "assemble_catalogue", read,
         {"catalogue": "catalogue/slam_labels.fits"},
         {"prediction": CONFIG["prediction"]}, make={"catalogue": labels})  # fmt: skip
    step(results, "summarise_comparisons",
         {"labels": "catalogue/slam_labels.fits", "other": "catalogues/boss.ecsv"},
         {"summary": "comparisons/summary.ecsv"},
         make={"summary": table(
             SUMMARY, ["R1", "feh", 0.01, "catalogue/slam_labels.fits"],
             ["R4", "feh", 0.02, "catalogue/slam_labels.fits"],
         )})  # fmt: skip
    nan = float("nan")
    step(results, "table_2", {"summary": "comparisons/summary.ecsv"},
         {"ecsv": "tables/table_2.ecsv"},
         make={"ecsv": table(
             TABLE_2, ["R1", "Test stars", 0.01, 0.24, 25, 3.0, 171.0, 25],
             ["R4", "Behmard et al. (2025)", 0.02, 0.15, 90, nan, nan, 0],
         )})  # fmt: skip
    step(results, "audit_claims",
         {"summary": "comparisons/summary.ecsv", "spectra": "raw/astra/spectra.ecsv"},
         {"claims": "audit/claims.ecsv"}, {"config": CONFIG},
         make={"claims": audited})  # fmt: skip
    step(results, "figure_04", {"labels": "catalogue/slam_labels.fits"},
         {"pdf": "../../figures/test/figure_04.pdf"})  # fmt: skip
    return results
