"""Make the page that describes every product of a run, from the products."""

import warnings
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Column, Table
from astropy.utils.exceptions import AstropyUserWarning

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.folder import products, rules
from mdwarfs.tables.markdown import grid
from mdwarfs.types import PathLike

FOLDERS = {
    "catalogue": "The two catalogues of labels, for users",
    "tables": "The paper's tables",
    "catalogues": "What the run has from archives, cleaned",
    "samples": "Samples of stars and pairs",
    "spectra": "Spectra",
    "slam": "SLAM",
    "hybrid": "The hybrid model",
    "validation": "How good the labels are",
    "comparisons": "Labels beside other values",
    "metal_poor": "Metal-poor stars",
    "diagnostics": "Diagnostics",
    "audit": "The audit",
}
"""In the order of the page; folders that are not here follow."""

HEAD = """# Data model

What is in every product below `results/<run>/`: the extensions (HDU) of its file, their
columns, units and meaning. This page is made from the products of the small simulated
run (`make baseline`), and a test compares it with them. Numbers in descriptions, such
as those of cuts, are those of its configuration. A real run has no columns with the
truth, and has more catalogues.

**Header.** Every product has these keywords:

{header}

`COMMIT` is the last commit that changed code (Snakefile, rules, scripts, workflow). It
ends in `+dirty` if the code differed from it, and is `unknown` if the code was not in a
checkout (a copy without git; downloads from GitHub know theirs). A product that a later
commit does not affect is not made again, and keeps the commit of the code that made it.
`CONFHASH` is the digest of the whole configuration that the run had then
(`audit/config.yaml`). It can differ between products that a changed key does not
affect. Neither makes a rule run again, and the same code, configuration and inputs give
the same bytes on any machine.

**FITS.** Each file has one table, in extension 1, with the name of the file. Models and
spectra also have images. Other tables in these files (of pixels, say) are stored as an
image for each column, with the name of the column in `COLUMN`, its unit in `BUNIT` and
its meaning in `MEANING`; texts are stored as the number of the word in `WORD0`, `WORD1`
and so on. `Table.read` of astropy gives the units, descriptions and texts of this page.
It keeps descriptions in `meta` too, and warns of them where two products are joined:
`join(a, b, keys="source_id", metadata_conflicts="silent")` does not. TOPCAT and STILTS
show descriptions (`TCOMMn`). FITS does not know the unit dex, so it is in brackets
there, and a unit in a VOTable (`mdwarfs export path -o x.vot`). NaN and the empty text
are nulls: `table["reason"].filled("") == ""` finds the empty ones, while a comparison
with a null selects nothing. In pandas, use `Table.read(path).to_pandas()` (of a table
without arrays in its columns), or `mdwarfs export path -o x.parquet` and
`pandas.read_parquet("x.parquet")`, whose `attrs` have units and descriptions. **ECSV**
is text, and is read by `Table.read`, and by TOPCAT and STILTS if they have the reader
(`ifmt=ecsv`; in Debian it is the package `starlink-ecsv-java`, with its jar in the
`CLASSPATH`). All products, and a catalogue as VOTable, were read with STILTS 3.4.7.

**Flags.** `mdwarfs flags 12` explains a number, and `mdwarfs flags low_snr at_edge`
sums up names. The header of a catalogue lists all bits as `FLAG0`, `FLAG1` and so on.
"""


def page(run: PathLike) -> str:
    """The page, as Markdown.

    Parameters
    ----------
    run
        Folder of a run.
    """
    found, made_by = products(run), rules(run)
    header = grid(("keyword", "meaning"), [(f"`{k}`", v) for k, v in MEANING.items()])
    parts = [HEAD.format(header=header)]
    folders = {name.partition("/")[0] for name in found}
    order = [*FOLDERS, *sorted(folders - FOLDERS.keys())]
    for folder in order:
        names = [name for name in found if name.startswith(f"{folder}/")]
        if names:
            parts.append(f"## {FOLDERS.get(folder, folder)}\n")
        for name in names:
            rule = made_by.get(name)
            by = f"Made by the rule `{rule}`.\n" if rule else ""
            parts.append(f"### {name}\n\n{by}")
            parts += contents(found[name])
    return "\n".join(parts).rstrip() + "\n"


MEANING = tables.COMMENTS | {
    "COMMIT": "last commit that changed the code",
    "CODEDATE": "date of that commit",
    "EXTNAME": "of each extension of a FITS file",
}


def contents(path: Path) -> list[str]:
    """What is in one file, a piece of text for each extension.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", AstropyUserWarning)  # of a file cut off
            return _contents(path)
    except (*tables.DAMAGED, KeyError, AstropyUserWarning) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def _contents(path):
    """`contents` of a file that is sound."""
    if path.suffix != ".fits":
        return [columns(tables.read(path)) + "\n"]
    parts = []
    with fits.open(path, memmap=False) as hdus:
        numbers = {hdu.name: number for number, hdu in enumerate(hdus)}
        for name, one in tables.tables_and_images(hdus).items():
            if name not in numbers:
                first = f"{name}.{one.colnames[0]}".upper()
                last = f"{name}.{one.colnames[-1]}".upper()
                where = f"HDU {numbers[first]} `{first}` to {numbers[last]} `{last}`"
                parts.append(f"{where}, an image for each column of `{name}`:\n")
                parts.append(columns(one) + "\n")
            elif isinstance(one, Table):
                parts.append(f"HDU {numbers[name]} `{name}`, table:\n")
                parts.append(columns(one) + "\n")
            else:
                parts.append(f"HDU {numbers[name]} `{name}`: {image(one)}\n")
    return parts


def image(hdu: fits.ImageHDU) -> str:
    """Type and axes of an image, with its unit and what it says of itself."""
    axes = hdu.data.ndim
    said = " ".join(map(str, hdu.header.get("COMMENT", []))).strip()
    unit = hdu.header.get("BUNIT")
    return (
        f"{hdu.data.dtype.name}, {axes} {'axis' if axes == 1 else 'axes'}"
        + (f" [{unit}]" if unit else "")
        + (f". {said}" if said else "")
    )


def columns(table: Table) -> str:
    """Columns of a table."""
    rows = [
        (
            f"`{name}`",
            kind(table[name]),
            "" if table[name].unit is None else table[name].unit,
            " ".join((table[name].info.description or "").split()),
        )
        for name in table.colnames
    ]
    return grid(("column", "type", "unit", "description"), rows)


def kind(column: Column) -> str:
    """Type of a column; arrays of each row with the number of their axes."""
    dtype = np.asarray(column).dtype
    name = {"U": "text", "S": "text", "b": "bool"}.get(dtype.kind, dtype.name)
    shape = np.asarray(column).shape[1:]
    return name + (f" {list(shape)}" if shape else "")
