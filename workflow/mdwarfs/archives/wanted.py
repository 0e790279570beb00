"""The columns and rows that the workflow reads from each table, and their checks.

The columns are those that the readers of `mdwarfs.catalogues` name, so that a raw file
has what its reader needs, whatever its route.
"""

from pkgutil import resolve_name

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.archives.uploads import words_of
from mdwarfs.catalogues import astra, boss, lamost, wide_binaries
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.validation import released_slam


def excerpt(
    name: str, boss_settings: dict[str, str], stars: ArrayLike | None = None
) -> Excerpt | None:
    """What is wanted of an input's table; None if it is no FITS table.

    Parameters
    ----------
    name
        Dotted name of an Excerpt, or of a function that makes one of the other two
        arguments; empty for None (`mdwarfs.catalogues.registry`, `RawFile.excerpt`).
    boss_settings
        Section `boss` of the configuration.
    stars : of int
        Stars outside which no row is kept, of `lamost_stellar`.
    """
    found = resolve_name(name) if name else None
    return found(boss_settings, stars) if callable(found) else found


DEGREES = {"RACAT": "deg", "DECCAT": "deg"}


def spall(settings: dict[str, str], stars: None = None) -> Excerpt:
    """Of the BOSS list: the M-type entries, and how many there are of their class.

    Parameters
    ----------
    settings
        Section `boss` of the configuration.
    stars
        Not used.
    """
    texts = ["SPEC_FILE", "OBS", "CLASS", "SUBCLASS"]
    reals = ["SN_MEDIAN_ALL", "RACAT", "DECCAT"]
    kinds = dict.fromkeys(boss.COLUMNS, "int") | dict.fromkeys(texts, "text")
    return Excerpt(
        hdu=1,
        columns=kinds | dict.fromkeys(reals, "real"),
        units=DEGREES,
        positive="CATALOGID",
        keep=lambda rows: boss.is_m_type(rows, settings),
        keep_columns=("CLASS", "SUBCLASS"),
        words=f"CLASS {settings['class']}, SUBCLASS {settings['subclass']}*",
        counts={"N_CLASS": lambda rows: boss.is_of_class(rows, settings)},
    )


def astra_summary(pipeline: str) -> Excerpt:
    """Of an Astra summary: the labels of a pipeline, for all stars.

    Parameters
    ----------
    pipeline
        "apogee_net", "aspcap" or "slam".
    """
    kinds = dict.fromkeys(astra.IDENTIFIERS, "int")
    kinds |= dict.fromkeys(astra.reals(pipeline), "real")
    kinds |= dict.fromkeys(astra.TEXTS[pipeline], "text")
    kinds |= dict.fromkeys(astra.FLAGS[pipeline], "int")
    if pipeline == "slam":
        kinds |= released_slam.COLUMNS
    units = {"teff": "K", "e_teff": "K", "raw_teff": "K"}
    return Excerpt(astra.HDU[pipeline], kinds, units, positive="sdss_id")


def wide_binaries_table() -> Excerpt:
    """Of the wide binaries: the columns of their reader, for all pairs."""
    kinds = dict.fromkeys(wide_binaries.COLUMNS, "real") | {"binary_type": "text"}
    kinds |= {"source_id1": "int", "source_id2": "int"}
    units = {"ra1": "deg", "dec1": "deg", "parallax1": "mas", "parallax2": "mas"}
    return Excerpt(1, kinds, units, positive="source_id1")


def lamost_table(kind: str, stars: ArrayLike | None = None) -> Excerpt:
    """Of a LAMOST catalogue: the columns of its reader.

    Parameters
    ----------
    kind
        "fgk" or "m".
    stars : of int
        Gaia DR3 identifiers outside which no row is kept. Default: all rows.
    """
    kinds = {"obsid": "int", "gaia_source_id": "id", "snrg": "real", "subclass": "text"}
    kinds |= dict.fromkeys(lamost.LABELS[kind].values(), "real")
    units = {"teff": "K", "teff_err": "K"}
    if stars is None:
        return Excerpt(1, kinds, units, positive="gaia_source_id", unique="obsid")
    stars = np.unique(np.asarray(stars, np.int64))
    return Excerpt(
        1, kinds, units,
        positive="gaia_source_id",
        unique="obsid",
        keep=lamost.OfStars(stars),
        keep_columns=("gaia_source_id",),
        words=words_of(stars),
    )  # fmt: skip


def lamost_fgk(settings: dict, stars: ArrayLike | None = None) -> Excerpt:
    """Of the LAMOST A/F/G/K stars; see `excerpt` and `lamost_table`."""
    return lamost_table("fgk", stars)


APOGEE_NET, ASPCAP, SLAM = map(astra_summary, ("apogee_net", "aspcap", "slam"))
WIDE_BINARIES = wide_binaries_table()
LAMOST_M = lamost_table("m")
