"""The page of a run, from its products."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table
from jinja2 import Environment, PackageLoader, StrictUndefined

from mdwarfs import tables
from mdwarfs.audit import data
from mdwarfs.errors import InputError
from mdwarfs.figures.registry import DIAGNOSTIC, FIGURES
from mdwarfs.labels import LABELS
from mdwarfs.report import cells, entries, introduction, packing, plots, spectra, stars
from mdwarfs.report.contents import SECTIONS
from mdwarfs.report.weaknesses import weaknesses
from mdwarfs.star.fitted import fit
from mdwarfs.star.identify import names_of
from mdwarfs.tables.files import part_of
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.slam.infer.map import MaximumPosterior
    from mdwarfs.spectra.spectrum_set import SpectrumSet

ASSETS = Path(__file__).with_name("assets")
OF_STARS = 2 / 3
"""Most that labels and names take of the room for stars and spectra: those of some
100,000."""
MARGIN = 0.02
"""Share of the page's size that is kept free: spectra are told by their mean size."""
LEAST = 0.5
"""Megabytes without which the page shows no stars."""
FROM_AUDIT = (
    "Figures", "Tables", "Equations",
    "Where the paper contradicts itself or misprints",
)  # fmt: skip
"""Parts of the audit's text that stand below the ledger."""
EXPLAINED = (
    "Observed and model spectrum, and the residuals in units of the standard deviation "
    "that the fit holds them to: the noise, and by how much the model is off for sound "
    "stars. The model is that of all training stars, at this star's labels of maximum "
    "posterior. Crosses are pixels that the fit left out, ticks at the bottom bad ones."
)
ABSENT = (
    "The page does not hold the spectrum of this star, or there is none: mdwarfs show "
    "draws any star of the run."
)


def write(
    folder: PathLike,
    *,
    stamp: dict,
    config: dict,
    products: Mapping[str, PathLike],
    figures: Mapping[str, PathLike],
    catalogues: Mapping[str, PathLike],
    observed: SpectrumSet,
    predictor: MaximumPosterior,
    records: Sequence[dict] = (),
) -> None:
    """Write the page of a run.

    Parameters
    ----------
    folder
        What is made, or replaced as a whole once all is written.
    stamp
        `run` and `simulated`.
    config
        The whole configuration.
    products
        Files by the names of `mdwarfs.report.contents.SHOWN`; and of the audit's text
        ("audit"), and of metal-poor stars that were found again ("recovered"), if any.
    figures
        PNG files by the names of `mdwarfs.figures.registry.FIGURES`.
    catalogues
        Files: "catalogue", "hybrid", "labels", "split", and "truth" and "candidates"
        if there are any.
    observed
        The normalised spectra.
    predictor
        What finds labels by the run's model.
    records
        Of the raw files that come from archives.
    """
    folder = Path(folder)
    part = part_of(folder)
    shutil.rmtree(part, ignore_errors=True)
    try:
        names = config["slam"]["labels"]
        read = {name: _read(path) for name, path in products.items()}
        of_stars = {name: tables.read(path) for name, path in catalogues.items()}
        found = _stars(of_stars, names, observed.stars)
        for name in ("data", "figures", "tables"):
            (part / name).mkdir(parents=True)
        for name, path in figures.items():
            shutil.copyfile(path, part / "figures" / f"{name}.png")
        _assets(part, observed.wavelength)
        _write_alone(part / "tables", stamp, read)
        (part / packing.MADE).write_text(packing.made([]), encoding="utf-8")
        read["catalogue"] = of_stars["catalogue"]
        text = _render(stamp, config, read, figures, found, records)
        room = _room(part, len(text.encode()), config["report"]["size"])
        listed, packed = found, stars.packed(found, names)
        kept = stars.that_fit(found, packed, OF_STARS * room)
        if len(kept) < len(found):
            listed = found[kept]
            packed = stars.packed(listed, names)
        room -= len(stars.script(packed, {})) / 1e6
        held = _spectra(part / "data", config, listed, observed, predictor, room)
        held["choice"] = f"{_choice_of_stars(len(listed), len(found))}{held['choice']}"
        held["there"] = len(found)
        (part / "data" / "stars.js").write_text(stars.script(packed, held))
        (part / "index.html").write_text(text, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _room(part, text, size):
    """Megabytes that are left for stars and spectra in the folder of the page.

    Parameters
    ----------
    part
        The folder with all but these.
    text
        Bytes of the page itself.
    size
        Most that the folder may take [MB].
    """
    others = sum(path.stat().st_size for path in part.rglob("*") if path.is_file())
    room = size * (1 - MARGIN) - (others + text) / 1e6
    if room <= LEAST:
        raise InputError(
            f"report.size is {size} MB, of which figures, tables and scripts take "
            f"{(others + text) / 1e6:.1f}: give it {LEAST} more, and 0.5 for each "
            "hundred spectra"
        )
    return room


def _read(path):
    """A table, or the text of a file that is none."""
    path = Path(path)
    if path.suffix in (".md", ".yaml"):
        return path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        found = Table.read(path, format="ascii.csv")
        found.remove_columns([x for x in ("run", "simulated") if x in found.colnames])
        for name in found.colnames:
            found[name] = tables.filled(found[name])
        return found
    return tables.read(path)


def _stars(tables_, names, observed):
    """The table of stars of `mdwarfs.report.stars`."""
    said = [tables_[x] for x in ("catalogue", "candidates", "labels") if x in tables_]
    ids = np.asarray(tables_["catalogue"]["source_id"])
    called = names_of(ids, [said[0], observed, *said[1:]])
    return stars.table(
        tables_["catalogue"],
        tables_["hybrid"],
        tables_.get("split"),
        tables_["labels"],
        names,
        tables_.get("truth"),
        {name: texts for name, texts in called.items() if name in stars.NAMED},
    )


def _spectra(folder, config, found, observed, predictor, room):
    """Write the spectra for which there is room [MB], and say which these are."""
    place = dict(zip(map(int, observed.stars["source_id"]), range(len(observed))))
    rows = np.array([place.get(int(x), -1) for x in found["source_id"]])
    has = (rows >= 0) & observed.ok[rows]
    pixels = len(observed.wavelength)
    most = spectra.capacity(max(room, 0), pixels)
    snr = np.nan_to_num(np.asarray(found["snr"]))
    kept = spectra.chosen(np.asarray(found["role"]) > 0, snr, has, most)
    prior = config["prediction"]["prior"]
    for number, group in enumerate(spectra.groups(len(kept))):
        own = rows[kept[group]]
        fitted = fit(predictor, observed.flux[own], observed.ivar[own], prior)
        text = packing.script("mdwarfs.group", number, spectra.packed(fitted))
        (folder / f"spectra_{number:03d}.js").write_text(text)
    clean = kept[np.asarray(found["flags"])[kept] == 0] if len(kept) else kept
    best = clean if len(clean) else kept
    return {
        "wavelength": packing.text(np.asarray(observed.wavelength, "<f8")),
        "stars": list(map(int, kept)),
        "group": spectra.GROUP,
        "first": int(best[np.argmax(snr[best])]) if len(best) else 0,
        "words": EXPLAINED,
        "absent": ABSENT,
        "choice": _choice(len(kept), int(has.sum())),
    }


def _choice_of_stars(listed, there):
    """Which stars are on the page, if these are not all; and what comes next."""
    if listed == there:
        return ""
    return (
        f"The page has {listed:,} of {there:,} stars: training and test stars, and of "
        "the others so many as fit, evenly spaced in the order of their SNR. "
    )


def _choice(kept, there):
    """Which stars have their spectrum on the page."""
    if kept == there:
        return f"The page holds the spectra of all {there:,} stars that have one."
    return (
        f"The page holds the spectra of {kept:,} of {there:,} stars: training and test "
        "stars first, and of the others so many as fit, evenly spaced in the order of "
        "their SNR."
    )


def _assets(folder, wavelength):
    """The scripts of the page; its style stands in the page itself."""
    (folder / "assets").mkdir()
    for name, text in plots.scripts().items():
        (folder / "assets" / name).write_text(text, encoding="utf-8")
    document, roots = plots.document(float(wavelength[0]), float(wavelength[-1]))
    call = f"mdwarfs.plots({document},{json.dumps(roots)});\n"
    (folder / "assets" / "plots.js").write_text(call, encoding="utf-8")
    shutil.copyfile(ASSETS / "page.js", folder / "assets" / "page.js")


def _templates():
    return Environment(
        loader=PackageLoader("mdwarfs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _style():
    return (ASSETS / "page.css").read_text(encoding="utf-8")


def _write_alone(folder, stamp, read):
    """Each table and text on a page of its own, for Snakemake's report too."""
    template = _templates().get_template("alone.html.j2")
    said = {"run": stamp["run"], "simulated": stamp["simulated"]}
    said |= {"banner": introduction.SIMULATED, "style": _style()}
    for entry in entries.alone(read):
        text = template.render(entry=entry, **said)
        (folder / f"{entry['name']}.html").write_text(text, encoding="utf-8")


def _render(stamp, config, read, figures, found, records):
    roles = np.asarray(found["role"])
    audit = cells.parts(read.get("audit", ""))
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            run=stamp["run"],
            simulated=stamp["simulated"],
            banner=introduction.SIMULATED,
            style=_style(),
            sections=_sections(read),
            entries={name: entries.of_section(name, read) for name in SECTIONS},
            figures={kind: _figures(figures, kind) for kind in ("main", "diagnostic")},
            origin=introduction.origin(config, stamp["simulated"]),
            facts=introduction.facts(
                read["catalogue"], roles, read, stamp["simulated"]
            ),
            labels=[LABELS[x].short for x in config["slam"]["labels"]],
            software=introduction.software(),
            audit={x: cells.html(audit[x]) for x in FROM_AUDIT if x in audit},
            weaknesses=list(weaknesses({**read, "stars": found}, stamp)),
            records=cells.html("\n\n".join(data.section(records))),
        )
    )


def _sections(read):
    """Those that the run has something for."""
    maybe = ("tables", "ledger")
    empty = {name for name in maybe if not entries.of_section(name, read)}
    return {name: title for name, title in SECTIONS.items() if name not in empty}


def _figures(paths, kind):
    """Figures of the paper or of given spectra, or diagnostics, with their words."""
    return [
        {
            "name": x.name,
            "title": x.caption,
            "words": x.words,
            "size": _size(paths[x.name]),
        }
        for x in FIGURES
        if x.name in paths and (x.kind == DIAGNOSTIC) == (kind == "diagnostic")
    ]


def _size(path):
    """Width and height of a PNG file in pixels: the page has room before it is read."""
    with open(path, "rb") as file:
        return struct.unpack(">II", file.read(24)[16:])
