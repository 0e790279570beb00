"""The paper's tables: what each is made from, and in which forms it is written.

A table is a function of `mdwarfs.paper_tables.contents` and an entry here. Rule, script
and target follow: `snakemake table_2` makes the table of that name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from astropy.table import Table

from mdwarfs import tables
from mdwarfs.paper_tables import contents
from mdwarfs.paper_tables.printing import write_csv, write_latex


@dataclass(frozen=True)
class PaperTable:
    """One table.

    Attributes
    ----------
    name
        Of the rule, and of the files below results/<run>/tables.
    title
        What it is, in a line.
    words
        What it says, for the page of a run and Snakemake's report.
    make
        The table from those of `inputs` and the `settings`, by argument.
    inputs
        By argument of `make`, the path of a table below results/<run>.
    forms
        Suffixes of the files that are written.
    settings
        By argument of `make`, keys of the configuration, the outer one first.
    latex
        Heads and cells of the printed table, where it is printed.
    caption, label
        Of the printed table.
    """

    name: str
    title: str
    words: str
    make: Callable
    inputs: dict
    forms: tuple
    settings: dict = field(default_factory=dict)
    latex: Callable | None = None
    caption: str = ""
    label: str = ""

    def write(self, table: Table, paths: dict, stamp: dict) -> None:
        """Write the table in every form.

        Parameters
        ----------
        table
            As `make` gives it.
        paths
            By form.
        stamp
            `run` and `simulated`.
        """
        for form, path in paths.items():
            if form == "csv":
                write_csv(path, table, stamp)
            elif form == "tex":
                printed = *self.latex(table), self.caption, self.label
                write_latex(path, *printed, stamp, origins(table))
            else:
                tables.write(table, path, stamp)


def origins(table: Table) -> list[str]:
    """Product and rule of each line of a table, where it has them."""
    if "product" not in table.colnames:
        return []
    return [f"{row['product']}, {row['rule']}" for row in table]


TABLES = (
    PaperTable(
        "table_1",
        "Table 1: parameter coverage of the training set.",
        "Range of each label among the training stars, the usable range, and how "
        "many training stars lie outside of that.",
        contents.table_1,
        {"labels": "samples/labels.fits", "split": "samples/split.fits"},
        ("csv", "tex"),
        settings={"usable": ("prediction", "usable")},
        latex=contents.table_1_latex,
        caption="Parameter coverage of the SLAM training set.",
        label="tab:coverage",
    ),
    PaperTable(
        "table_2",
        "Table 2: differences from the literature.",
        "Median and standard deviation of SLAM minus literature; of test stars, of "
        "SLAM minus their known labels; of M+M pairs, of primary minus secondary.",
        contents.table_2,
        {"summary": "comparisons/summary.ecsv"},
        ("csv", "tex", "ecsv"),
        latex=contents.table_2_latex,
        caption=r"Median $\pm$ standard deviation of SLAM minus literature values; for "
        "test stars, of SLAM minus their known labels; for M+M wide binaries, of "
        "primary minus secondary.",
        label="tab:discrepancies",
    ),
    PaperTable(
        "table_3",
        "Table 3: the FGK+M wide binaries.",
        "Training and test stars: M dwarfs in wide binaries, with their reference "
        "labels.",
        contents.table_3,
        {"labels": "samples/labels.fits"},
        ("fits", "ecsv"),
    ),
    PaperTable(
        "table_4",
        "Table 4: the SLAM labels of all candidates.",
        "Labels and uncertainties of every candidate.",
        contents.table_4,
        {"catalogue": "catalogue/slam_labels.fits"},
        ("fits", "ecsv"),
    ),
)
BY_NAME = {entry.name: entry for entry in TABLES}
