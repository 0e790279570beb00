"""The tables and texts on the page of a run, by section.

An entry is shown by every run that has its need, which is one of
`mdwarfs.figures.registry.NEEDS`.
"""

from dataclasses import dataclass

from mdwarfs.paper_tables.registry import TABLES

SECTIONS = {
    "overview": "Overview",
    "stars": "Stars",
    "samples": "Samples",
    "figures": "Figures",
    "tables": "Tables",
    "ledger": "Ledger",
    "diagnostics": "Diagnostics",
    "uncertainties": "Uncertainties",
    "weaknesses": "Known weaknesses",
    "provenance": "Provenance",
}
"""Sections of the page by their anchors, in their order."""


@dataclass(frozen=True)
class Shown:
    """A table or a text of a section.

    Attributes
    ----------
    name
        By which the page asks for it.
    path
        Below results/<run>.
    section
        One of `SECTIONS`; empty if it is read for other sections' sake.
    title, words
        Its heading, and what it is.
    needs
        One of `mdwarfs.figures.registry.NEEDS`.
    """

    name: str
    path: str
    section: str
    title: str
    words: str = ""
    needs: str = "survey"


SHOWN = (
    Shown("use", "catalogue/README.md", "overview", "Which catalogue to use", needs=""),
    Shown(
        "outcome", "validation/summary.md", "overview", "What came out", needs="files"
    ),
    Shown(
        "candidate_counts",
        "samples/candidate_counts.ecsv",
        "samples",
        "M dwarf candidates",
        "From the entries of the BOSS list to the candidates of criteria 1 to 4.",
    ),
    Shown(
        "pairs_fgk_m_counts",
        "samples/pairs_fgk_m_counts.ecsv",
        "samples",
        "FGK+M pairs",
        "Wide binaries whose primary hands its metallicity to the M dwarf: the stars "
        "for training and test.",
    ),
    Shown(
        "pairs_m_m_counts",
        "samples/pairs_m_m_counts.ecsv",
        "samples",
        "M+M pairs",
        "Two M dwarfs of one birth, whose labels must agree.",
    ),
    Shown(
        "pairs_fgk_fgk_counts",
        "samples/pairs_fgk_fgk_counts.ecsv",
        "samples",
        "FGK+FGK pairs",
        "Two dwarfs of LAMOST, by which the Niu+2023 correction is judged.",
    ),
    Shown(
        "selected",
        "samples/selected.ecsv",
        "samples",
        "Rows of the given table",
        "What each criterion of the configuration left of it.",
        needs="files",
    ),
    *(
        Shown(
            table.name,
            f"tables/{table.name}.{'ecsv' if 'ecsv' in table.forms else 'csv'}",
            "tables",
            table.title.rstrip("."),
            table.words,
        )
        for table in TABLES
    ),
    Shown(
        "comparisons",
        "comparisons/summary.ecsv",
        "tables",
        "Every comparison",
        "SLAM minus others, of the stars that the comparison takes, and of those among "
        "them that SLAM was not trained on (unseen). The file has the same of all "
        "stars that are in both.",
    ),
    Shown(
        "methods",
        "validation/methods.ecsv",
        "tables",
        "Methods on the same stars",
        "Found minus reference, of stars that no method was trained on.",
        needs="files",
    ),
    Shown(
        "compared",
        "validation/compared.ecsv",
        "tables",
        "Labels of others",
        "SLAM and the references against labels of others for the same stars.",
        needs="compared",
    ),
    Shown(
        "claims",
        "audit/claims.ecsv",
        "ledger",
        "Numbers of the paper, and of this run",
        "Below each claim of the paper stand its numbers. Those called derived follow "
        "from numbers that the paper prints; those called expected are ours, where it "
        "gives words or nothing.",
    ),
    Shown(
        "numbers",
        "audit/numbers.ecsv",
        "ledger",
        "Numbers of this run",
        needs="files",
    ),
    Shown(
        "interpretation",
        "diagnostics/interpretation.md",
        "diagnostics",
        "What the model knows",
        needs="",
    ),
    Shown(
        "selection",
        "diagnostics/selection.ecsv",
        "diagnostics",
        "What the criteria cost",
        "Share of the M dwarfs with APOGEE's labels that each criterion removes.",
    ),
    Shown(
        "power_laws",
        "validation/power_laws.ecsv",
        "uncertainties",
        "Power laws of the SNR",
        "The paper's uncertainties e_*: the scatter of stars with known labels is "
        "amplitude × SNR^exponent.",
        needs="",
    ),
    Shown(
        "calibration",
        "validation/calibration.ecsv",
        "uncertainties",
        "Calibration",
        "What sigma_* is made of.",
        needs="",
    ),
    Shown(
        "pulls",
        "diagnostics/pulls.ecsv",
        "uncertainties",
        "Errors in units of each uncertainty, against the truth",
        "A standard deviation of 1 says that the uncertainty means what it says; of 2, "
        "that it is too small by 2. Bin 0 is all SNR.",
        needs="truth",
    ),
    Shown(
        "pulls_of_references",
        "validation/pulls.ecsv",
        "uncertainties",
        "Differences from the references in units of each uncertainty",
        "A standard deviation of 1 says that the uncertainty means what it says; the "
        "errors of the references are part of the difference. Bin 0 is all SNR.",
        needs="files",
    ),
    Shown(
        "gained",
        "validation/gained.ecsv",
        "uncertainties",
        "SLAM and the hybrid labels on the same stars",
        "How far off each is, by label and SNR, against references and, in simulated "
        "runs, the truth. Bin 0 is all SNR.",
        needs="",
    ),
    Shown(
        "gained_catalogues",
        "validation/gained_catalogues.ecsv",
        "uncertainties",
        "SLAM and the hybrid labels against the comparison catalogues",
        "Offset and scatter of each against R2 to R7, on the same stars.",
    ),
    Shown(
        "products",
        "audit/products.ecsv",
        "provenance",
        "Products",
        "Every table that the run made, with the rule that made it, and the first "
        "digits of its SHA-256.",
        needs="",
    ),
    Shown(
        "configuration",
        "audit/config.yaml",
        "provenance",
        "Configuration",
        "All of it, with what was left at its default.",
        needs="",
    ),
    # These stand nowhere as they are; sections are made of parts of them.
    Shown("audit", "audit/claims.md", "", "The audit in words"),
    Shown("summary", "validation/summary.ecsv", "", "Result by label", needs="files"),
    Shown(
        "recovered",
        "metal_poor/recovered.ecsv",
        "",
        "Metal-poor stars that were found",
        needs="truth",
    ),
)

BY_NAME = {entry.name: entry for entry in SHOWN}


def shown(has: dict[str, bool]) -> list[Shown]:
    """The entries of `SHOWN` that a run has.

    Parameters
    ----------
    has
        Which of the needs it has.
    """
    return [entry for entry in SHOWN if has[entry.needs]]
