"""Results of Astra's pipelines, as SDSS released them: APOGEE Net, ASPCAP, SLAM.

The SLAM table of DR20 (Astra 0.8.1) has a row for every star with a coadded BOSS
spectrum. SLAM analyses those that meet a cut in magnitude and colour (Gaia G - RP >
0.56, M_G > 5.553: the selection of DR19's table) or belong to the programmes mwm_yso or
mwm_snc; the others, most of them, have two bits of result_flags instead of labels
(sdss/astra, pipelines/slam and models/slam.py). Its e_* are variances as those of DR19
are: the code still writes the diagonal of the covariance.
"""

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.catalogues.best_spectra import best_spectra
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.nulls import (
    clean_real,
    clean_text,
    is_fill,
    keep_physical,
    without_fills,
)
from mdwarfs.catalogues.raw_file import of_file
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS, RELEASED
from mdwarfs.literature.result_flags import NO_CARTON_MATCH, NOT_IN_MAGNITUDE_CUT
from mdwarfs.tables.columns import ERROR
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

BOSS, APOGEE = 1, 2  # the HDU of each instrument

IDENTIFIERS = ["sdss_id", "gaia_dr3_source_id"]

# Our name: Astra's name. None of the pipelines' own verdicts (flag_bad) is applied:
# that of APOGEE Net is set for every star below 3200 K or above log g 5. Two columns
# are a difference, such as [Mg/Fe] of ("mg_h", "fe_h"), with an error of both errors.
REALS = {
    "apogee_net": {
        "teff": "teff", "e_teff": "e_teff", "logg": "logg", "e_logg": "e_logg",
        "snr_apogee": "snr",
    },
    "aspcap": {
        "teff": "teff", "e_teff": "e_teff", "logg": "logg", "e_logg": "e_logg",
        "raw_teff": "raw_teff", "raw_logg": "raw_logg", "feh": "fe_h",
        "e_feh": "e_fe_h", "m_h": "m_h_atm", "alpha_m": "alpha_m_atm",
        "e_alpha_m": "e_alpha_m_atm", "snr_apogee": "snr",
    },
    "slam": {"snr": "snr"} | {
        f"{prefix}{name}": f"{prefix}{column}"
        for name, column in RELEASED.items() for prefix in ("", ERROR)
    },
}  # fmt: skip
TEXTS = {"apogee_net": [], "aspcap": ["release"], "slam": []}
FLAGS = {
    "apogee_net": ["result_flags"],
    "aspcap": ["calibrated_flags"],
    "slam": ["result_flags"],
}
SNR = {"apogee_net": "snr_apogee", "aspcap": "snr_apogee", "slam": "snr"}
HDU = {"apogee_net": APOGEE, "aspcap": APOGEE, "slam": BOSS}

DESCRIBED = {"snr_apogee": ("", "Signal-to-noise ratio of the APOGEE spectrum")}
VARIANCE = (
    "Uncertainty: square root of the released column, which holds a variance "
    "(Astra 0.6.0, pipelines/slam, Xpred_err)"
)


def read_astra(path: PathLike, pipeline: str) -> Table:
    """Stars that a pipeline has analysed, each once.

    Parameters
    ----------
    path
        `astraAllStarApogeeNet-*.fits.gz`, `...ASPCAP...` or `...Slam...`.
    pipeline
        "apogee_net", "aspcap" or "slam".

    Returns
    -------
    stars
        See `clean`; `meta` counts N_ROWS (spectra) and N_STARS, and of SLAM what
        `analysed` counts.
    """
    names = [*IDENTIFIERS, *reals(pipeline), *TEXTS[pipeline]]
    rows = read_columns(path, HDU[pipeline], [*names, *FLAGS[pipeline]])
    with of_file(path):
        stars = clean(rows, pipeline)
    stars.meta["N_ROWS"] = rows.meta["N_ROWS"]
    return stars


def clean(rows: Table, pipeline: str) -> Table:
    """One row per SDSS identifier, that of the largest signal-to-noise ratio.

    The duplicates are mostly stars of ASPCAP with a spectrum of DR17 and one of
    SDSS-V. Rows without an SDSS identifier are left out, of SLAM also those of stars
    that were not selected (`analysed`).

    Parameters
    ----------
    rows
        Astra's columns.
    pipeline
        "apogee_net", "aspcap" or "slam".

    Returns
    -------
    stars
        sdss_id, source_id (Gaia DR3), the labels of `REALS[pipeline]`, texts, flags,
        n_spectra. The uncertainties of SLAM are the roots of the released values.
        `meta` counts N_STARS, and what was made null (`nulls.keep_physical`).
    """
    columns = dict(zip(("sdss_id", "source_id"), IDENTIFIERS))
    spectra, lost = identifiers(rows, columns, keys=["sdss_id"])
    for name, column in REALS[pipeline].items():
        spectra[name] = values_of(rows, name, column)
    for name in TEXTS[pipeline]:
        spectra[name] = clean_text(rows[name])
    for name in FLAGS[pipeline]:
        spectra[name] = np.maximum(rows[name], 0)
    counts = {}
    if pipeline == "slam":
        take_roots(spectra)
        spectra, counts = analysed(spectra)
    nulled = keep_physical(spectra, lost)
    spectra = spectra[spectra["sdss_id"] > 0]
    stars = best_spectra(spectra, spectra["sdss_id"], spectra[SNR[pipeline]])
    if SNR[pipeline] in DESCRIBED:
        annotate(stars, DESCRIBED)
    stars.meta = {"N_STARS": len(stars)} | counts | nulled
    return stars


def reals(pipeline: str) -> list:
    """Names of the columns of reals that are read of a pipeline's table, each once."""
    columns = REALS[pipeline].values()
    return list(
        dict.fromkeys(y for x in columns for y in ([x] if isinstance(x, str) else x))
    )


def values_of(rows: Table, name: str, column: str | tuple[str, ...]) -> np.ndarray:
    """Values of one of our columns, from Astra's column or the two that it takes.

    Parameters
    ----------
    rows
        Astra's columns.
    name
        Our name.
    column
        A value of `REALS`.

    Returns
    -------
    shape (n,)
        As they are in one column; of two, NaN where either has a fill value.
    """
    if isinstance(column, str):
        return clean_real(rows[column])
    one, other = (without_fills(clean_real(rows[x])) for x in column)
    return np.hypot(one, other) if name.startswith(ERROR) else one - other


def selected(result_flags: ArrayLike) -> np.ndarray:
    """Whether SLAM's bits say nothing against the selection of each star.

    Parameters
    ----------
    result_flags : int, shape (n,)

    Returns
    -------
    bool, shape (n,)
    """
    return (np.asarray(result_flags) & (NOT_IN_MAGNITUDE_CUT | NO_CARTON_MATCH)) == 0


def analysed(spectra: Table) -> tuple[Table, dict[str, int]]:
    """The rows of a SLAM table whose stars were selected for analysis.

    Parameters
    ----------
    spectra
        `result_flags`, and the labels; nulls are NaN or fill values.

    Returns
    -------
    rows
    counts
        By header keyword, of those that there are: rows that are left out, N_BIT4 and
        N_BIT5 (those bits) and N_UNSEL (either); and rows that are kept though they
        have no label, N_NOLAB.

    Raises
    ------
    InputError
        If most rows with labels have one of the bits: they cannot mean then that the
        star was not analysed.
    """
    flags = np.asarray(spectra["result_flags"])
    labels = [x for x in LABELS if x in spectra.colnames]
    labelled = np.any(
        [np.isfinite(spectra[x]) & ~is_fill(spectra[x]) for x in labels], axis=0
    )
    wanted = selected(flags)
    odd = int(np.sum(labelled & ~wanted))
    if odd > np.sum(labelled & wanted):
        raise InputError(
            f"of {labelled.sum()} SLAM results with labels {odd} have bit 4 or 5 of "
            "result_flags, which say that a star was not analysed: the flags of this "
            "table mean something else"
        )
    counts = {
        "N_BIT4": np.sum((flags & NOT_IN_MAGNITUDE_CUT) > 0),
        "N_BIT5": np.sum((flags & NO_CARTON_MATCH) > 0),
        "N_UNSEL": np.sum(~wanted),
        "N_NOLAB": np.sum(wanted & ~labelled),
    }
    found = {keyword: int(number) for keyword, number in counts.items() if number}
    return spectra[wanted], found


def take_roots(spectra: Table) -> None:
    """Turn variances into uncertainties, in place; negative ones stay as they are."""
    for name in spectra.colnames:
        if name.startswith("e_"):
            variance = np.asarray(spectra[name])
            root = np.sqrt(np.maximum(variance, 0))
            spectra[name] = np.where(variance < 0, variance, root)
            spectra[name].info.description = VARIANCE
