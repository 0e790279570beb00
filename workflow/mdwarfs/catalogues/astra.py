"""Results of Astra's pipelines, as SDSS released them: APOGEE Net, ASPCAP, SLAM."""

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues.best_spectra import best_spectra
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.nulls import identifier, keep_physical, real, text
from mdwarfs.catalogues.raw_file import of_file

BOSS, APOGEE = 1, 2  # the HDU of each instrument

IDENTIFIERS = ["sdss_id", "gaia_dr3_source_id"]

# Our name: Astra's name. None of the pipelines' own verdicts (flag_bad) is applied:
# that of APOGEE Net is set for every star below 3200 K or above log g 5.
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
    "slam": {
        "snr": "snr", "teff": "teff", "e_teff": "e_teff", "logg": "logg",
        "e_logg": "e_logg", "feh": "fe_h", "e_feh": "e_fe_h", "feh_niu": "fe_h_niu",
        "e_feh_niu": "e_fe_h_niu", "alpha_m": "alpha_fe", "e_alpha_m": "e_alpha_fe",
    },
}  # fmt: skip
TEXTS = {"apogee_net": [], "aspcap": ["release"], "slam": []}
FLAGS = {
    "apogee_net": ["result_flags"],
    "aspcap": ["calibrated_flags"],
    "slam": ["result_flags"],
}
HDU = {"apogee_net": APOGEE, "aspcap": APOGEE, "slam": BOSS}
VARIANCE = (
    "Uncertainty: square root of the released column, which holds a variance "
    "(Astra 0.6.0, pipelines/slam, Xpred_err)"
)


def read_astra(path, pipeline):
    """Stars that a pipeline has analysed, each once.

    Parameters
    ----------
    path : path-like
        `astraAllStarApogeeNet-*.fits.gz`, `...ASPCAP...` or `...Slam...`.
    pipeline : str
        "apogee_net", "aspcap" or "slam".

    Returns
    -------
    astropy.table.Table
        See `clean`; `meta` counts N_ROWS (spectra) and N_STARS.
    """
    names = [*IDENTIFIERS, *REALS[pipeline].values(), *TEXTS[pipeline]]
    rows = read_columns(path, HDU[pipeline], [*names, *FLAGS[pipeline]])
    with of_file(path):
        stars = clean(rows, pipeline)
    stars.meta["N_ROWS"] = rows.meta["N_ROWS"]
    return stars


def clean(rows, pipeline):
    """One row per SDSS identifier, that of the largest signal-to-noise ratio.

    The duplicates are mostly stars of ASPCAP with a spectrum of DR17 and one of
    SDSS-V. Rows without an SDSS identifier are left out.

    Parameters
    ----------
    rows : astropy.table.Table
        Astra's columns.
    pipeline : str
        "apogee_net", "aspcap" or "slam".

    Returns
    -------
    astropy.table.Table
        sdss_id, source_id (Gaia DR3), the labels of `REALS[pipeline]`, texts, flags,
        n_spectra. The uncertainties of SLAM are the roots of the released values.
        `meta` counts N_STARS, and what was made null (`nulls.keep_physical`).
    """
    sdss_id, _ = identifier(rows["sdss_id"], "sdss_id")
    source_id, _ = identifier(rows["gaia_dr3_source_id"], "gaia_dr3_source_id")
    spectra = Table({"sdss_id": sdss_id, "source_id": source_id})
    for name, column in REALS[pipeline].items():
        spectra[name] = real(rows[column])
    for name in TEXTS[pipeline]:
        spectra[name] = text(rows[name])
    for name in FLAGS[pipeline]:
        spectra[name] = np.maximum(rows[name], 0)
    if pipeline == "slam":
        take_roots(spectra)
    nulled = keep_physical(spectra)
    spectra = spectra[sdss_id > 0]
    snr = spectra["snr" if pipeline == "slam" else "snr_apogee"]
    stars = best_spectra(spectra, spectra["sdss_id"], snr)
    stars.meta = {"N_STARS": len(stars)} | nulled
    return stars


def take_roots(spectra):
    """Turn variances into uncertainties, in place; negative ones stay as they are."""
    for name in spectra.colnames:
        if name.startswith("e_"):
            variance = np.asarray(spectra[name])
            root = np.sqrt(np.maximum(variance, 0))
            spectra[name] = np.where(variance < 0, variance, root)
            spectra[name].info.description = VARIANCE
