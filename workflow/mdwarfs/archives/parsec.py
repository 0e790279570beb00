"""PARSEC isochrones from the CMD server's web form."""

import re
from pathlib import Path
from urllib.parse import urljoin

import numpy as np
import requests

from mdwarfs import tables
from mdwarfs.archives.record import deliver
from mdwarfs.archives.transfer import (
    AGENT,
    Deadline,
    Transient,
    brief,
    persist,
    plain,
    reject_status,
    save,
)
from mdwarfs.catalogues.parsec import read_parsec
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


def parsec(server, path, isochrones, limits):
    """Give the raw file of isochrones; see `mdwarfs.archives.record.deliver`.

    Parameters
    ----------
    server : str
        Address of the CMD server, such as https://stev.oapd.inaf.it.
    path : path-like
        The file to write.
    isochrones : dict
        `log_age` and `mh`, as in the configuration.
    limits : mdwarfs.archives.transfer.Limits

    Returns
    -------
    dict
        The record; `version` is the first line of the table, which names that of CMD:
        the server offers no older ones.

    Raises
    ------
    InputError
        With the server's own words, if it makes no table or a broken one.
    """
    path, url = Path(path), f"{server.rstrip('/')}/cgi-bin/cmd"

    def accept():
        read_parsec(path, isochrones)
        return {"version": path.read_text().partition("\n")[0]}

    def obtain():
        deadline = Deadline(limits.total)
        fields = form(isochrones["log_age"], isochrones["mh"])
        try:
            page = persist(lambda: submit(url, fields, limits), limits, deadline)
            link = find_link(page)
            with tables.atomic(path) as part:
                save(urljoin(url, link), part, limits, deadline)
                read_parsec(part, isochrones)
        except InputError as error:
            raise InputError(
                f"the CMD server at {url} gave no isochrones: {error}. Fill in its "
                f"form by hand (Gaia EDR3, log age {isochrones['log_age']}, [M/H] "
                f"{isochrones['mh']}) and put the table at {path}; it is then verified "
                "and used."
            ) from error
        return {"url": url} | accept()

    return deliver(path, {"isochrones": isochrones}, accept, obtain)


def submit(url, fields, limits):
    """Submit the form; the text of the page that comes back."""
    try:
        answer = requests.post(
            url,
            data=fields,
            timeout=limits.timeout,
            headers={"User-Agent": AGENT},
            stream=True,
        )
        reject_status(answer, {200})
        return answer.text
    except requests.RequestException as error:
        raise Transient(brief(error)) from error


def find_link(page):
    """Address of the table that the server has made.

    Raises
    ------
    InputError
        With the page's words, if it has made none.
    """
    link = re.search(r"(?:\.\./)*tmp/output\d+\.dat", page)
    if link is None:
        raise InputError(f"it made no table and says: {plain(page)[:500]}")
    return link[0]
