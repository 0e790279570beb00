"""PARSEC isochrones from the CMD server's web form."""

import re
from urllib.parse import urljoin

import numpy as np
import requests

from mdwarfs import tables
from mdwarfs.archives.fetch import TIMEOUT
from mdwarfs.errors import InputError

# The fields of the form (CMD 3.7 to 3.9); those of age and metallicity are added.
FORM = {
    "track_parsec": "parsec_CAF09_v1.2S",
    "track_colibri": "parsec_CAF09_v1.2S_S_LMC_08_web",
    "track_postagb": "no",
    "track_omegai": "0.00",
    "n_inTPC": "0",
    "eta_reimers": "0.2",
    "kind_interp": "1",
    "kind_postagb": "-1",
    "kind_LPV": "4",
    "kind_mag": "2",
    "kind_dust": "0",
    "photsys_file": "YBC_tab_mag_odfnew/tab_mag_gaiaEDR3.dat",
    "photsys_version": "YBCnewVega",
    "dust_sourceM": "dpmod60alox40",
    "dust_sourceC": "AMCSIC15",
    "extinction_av": "0.0",
    "extinction_coeff": "constant",
    "extinction_curve": "cardelli",
    "imf_file": "tab_imf/imf_kroupa_orig.dat",
    "output_kind": "0",
    "output_evstage": "1",
    "output_gzip": "0",
    "submit_form": "Submit",
}
END = "#isochrone terminated"


def form(log_age, mh):
    """Fields of the form for isochrones of one age and evenly spaced metallicities.

    Parameters
    ----------
    log_age : float
        log10 of the age in years.
    mh : sequence of float
        Metallicities [M/H] [dex], evenly spaced.

    Raises
    ------
    InputError
        If the metallicities are not evenly spaced: one form cannot ask for them.
    """
    mh = np.sort(np.asarray(mh, float))
    steps = np.diff(mh)
    if len(steps) and not np.allclose(steps, steps[0], atol=1e-6):
        raise InputError(f"isochrones.mh: {mh.tolist()} are not evenly spaced")
    return FORM | {
        "isoc_isagelog": "1",
        "isoc_lagelow": f"{log_age:g}",
        "isoc_lageupp": f"{log_age:g}",
        "isoc_dlage": "0.0",
        "isoc_ismetlog": "1",
        "isoc_metlow": f"{mh[0]:g}",
        "isoc_metupp": f"{mh[-1]:g}",
        "isoc_dmet": f"{steps[0] if len(steps) else 0.0:g}",
    }


def fetch(url, path, log_age, mh):
    """Submit the form and fetch the table that it makes.

    Parameters
    ----------
    url : str
        Address of the form.
    path : path-like
        The file to write.
    log_age, mh
        See `form`.

    Raises
    ------
    InputError
        With the server's own words, if it makes no table or a broken one.
    """
    answer = requests.post(url, data=form(log_age, mh), timeout=TIMEOUT)
    answer.raise_for_status()
    link = re.search(r"(?:\.\./)*tmp/output\d+\.dat", answer.text)
    if link is None:
        words = re.sub(r"<[^>]*>|\s+", " ", answer.text).strip()
        raise InputError(
            f"the CMD server at {url} made no table; it says: {words[:500]}"
        )
    text = requests.get(urljoin(url, link[0]), timeout=TIMEOUT).text
    if not text.rstrip().endswith(END):
        raise InputError(
            f"the table of the CMD server does not end in {END!r}; "
            f"use the form at {url} by hand and put the table at {path}"
        )
    with tables.atomic(path) as part:
        part.write_text(text)
