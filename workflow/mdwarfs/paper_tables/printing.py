"""Writing small tables for people: LaTeX and CSV."""

from collections.abc import Sequence

from astropy.table import Table

from mdwarfs import tables
from mdwarfs.types import PathLike


def write_latex(
    path: PathLike,
    header: Sequence[str],
    lines: Sequence[Sequence[str]],
    caption: str,
    label: str,
    stamp: dict,
    comments: Sequence[str] = (),
) -> None:
    r"""Write a LaTeX table that needs no package.

    Parameters
    ----------
    header
        Heads of the columns; the first is set flush left, the others centred.
    lines
        Cells, in LaTeX. ``\nodata``, as AASTeX has it, is an empty cell.
    stamp
        `run` and `simulated`; a simulated run says so in the caption.
    comments
        What is said of each line in the file, and not printed.
    """
    if stamp["simulated"]:
        caption = f"{caption} Simulated survey, not observed stars."
    body = [" & ".join(cells) + r" \\" for cells in [header, *lines]]
    for place, comment in enumerate(comments, start=1):
        body[place] += f" % {comment}"
    text = [
        f"% made by the run {stamp['run']!r}"
        + (", which is simulated" if stamp["simulated"] else ""),
        r"\providecommand{\nodata}{\ensuremath{\cdots}}",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{caption}}}",
        rf"\label{{{label}}}",
        rf"\begin{{tabular}}{{l{'c' * (len(header) - 1)}}}",
        r"\hline\hline",
        body[0],
        r"\hline",
        *body[1:],
        r"\hline",
        r"\end{tabular}",
        r"\end{table}",
    ]
    tables.write_text(path, "\n".join(text) + "\n")


def write_csv(path: PathLike, table: Table, stamp: dict) -> None:
    """Write a table as CSV; the columns `run` and `simulated` end each line.

    Parameters
    ----------
    table
        Null floats are empty cells.
    stamp
        `run` and `simulated`. A comment line would break plain readers of CSV.
    """
    table = table.copy()
    table["run"], table["simulated"] = stamp["run"], bool(stamp["simulated"])
    with tables.atomic(path) as part:
        table.to_pandas().to_csv(part, index=False, lineterminator="\n")
