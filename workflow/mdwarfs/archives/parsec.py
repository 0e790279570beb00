"""PARSEC isochrones from the CMD server's web form."""

import logging
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np

from mdwarfs import tables
from mdwarfs.archives.certificates import Session
from mdwarfs.archives.patience import Deadline, Limits, from_the_beginning, persist
from mdwarfs.archives.record import deliver
from mdwarfs.archives.transfer import (
    AGENT,
    NETWORK,
    Transfer,
    cap_answers,
    network_error,
    reject_status,
    save,
    without_markup,
)
from mdwarfs.catalogues.parsec import read_parsec
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

VERSION = "3.9"
"""The form that is known here, as its hidden field cmd_version names it."""

# The fields of the form that people fill in (CMD 3.7 to 3.9); its hidden ones are read
# from it, and those of age and metallicity are added.
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
BOLOMETRIC = ("YBCnewVega", "YBC", "odfnew")
"""Bolometric corrections (photsys_version), in the order in which they are tried: in
September 2026 the server made tables of Gaia EDR3 with the last alone, while its form
offered all."""
NUDGE = 0.1  # of a step, beyond the last metallicity: ranges exclude their upper end


def form(log_age: float, mh: Sequence[float]) -> dict[str, str]:
    """Fields of the form for isochrones of one age and evenly spaced metallicities.

    Parameters
    ----------
    log_age
        log10 of the age in years.
    mh
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
    step = steps[0] if len(steps) else 0.0
    return FORM | {
        "isoc_isagelog": "1",
        "isoc_lagelow": f"{log_age:g}",
        "isoc_lageupp": f"{log_age:g}",
        "isoc_dlage": "0.0",
        "isoc_ismetlog": "1",
        "isoc_metlow": f"{mh[0]:g}",
        "isoc_metupp": f"{mh[-1] + NUDGE * step:g}",
        "isoc_dmet": f"{step:g}",
    }


def parsec(server: str, path: PathLike, isochrones: dict, limits: Limits) -> dict:
    """Give the raw file of isochrones; see `mdwarfs.archives.record.deliver`.

    Parameters
    ----------
    server
        Address of the CMD server, such as https://stev.oapd.inaf.it.
    path
        The file to write.
    isochrones
        `log_age` and `mh`, as in the configuration.

    Returns
    -------
    entries
        The record; `version` is the first line of the table, which names that of CMD:
        the server offers no older ones. `warnings` say what is not as it was known.

    Raises
    ------
    InputError
        With the server's own words, if it makes no table, or one that is broken or
        lacks an isochrone that was asked for.
    """
    path, url = Path(path), f"{server.rstrip('/')}/cgi-bin/cmd"

    def accept():
        read_parsec(path, isochrones)
        return {"version": path.read_text().partition("\n")[0]}

    def obtain():
        deadline = Deadline(limits.total)
        fields = form(isochrones["log_age"], isochrones["mh"])
        try:
            offered = read_form(url, limits, deadline)
            link, chosen, warnings = make_table(offered, fields, limits, deadline)
            with tables.atomic(path) as part:
                save(link, part, limits, deadline)
                read_parsec(part, isochrones)
        except InputError as error:
            raise InputError(
                f"the CMD server at {url} gave no isochrones: {error}. Fill in its "
                f"form by hand (Gaia EDR3, log age {isochrones['log_age']}, [M/H] "
                f"{isochrones['mh']}) and put the table at {path}; it is then verified "
                "and used."
            ) from error
        facts = {"url": url, "photsys_version": chosen, "warnings": warnings}
        return facts | accept()

    return deliver(path, {"isochrones": isochrones}, accept, obtain)


class FormPage(HTMLParser):
    """The form on a page: where it goes, and its fields.

    Attributes
    ----------
    action
        Address to which the form is submitted, relative to the page's.
    hidden
        Names and values of its hidden fields; a name may come several times.
    names
        Of all its fields.
    """

    action: str
    hidden: list[tuple[str, str]]
    names: set[str]

    def __init__(self, url: str, page: str) -> None:
        super().__init__()
        self.url, self.action, self.hidden, self.names = url, "", [], set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str]]) -> None:
        found = dict(attributes)
        if tag == "form":
            self.action = found.get("action") or ""
        elif tag in ("input", "select", "textarea") and found.get("name"):
            self.names.add(found["name"])
            if (found.get("type") or "").lower() == "hidden":
                self.hidden.append((found["name"], found.get("value") or ""))

    @property
    def version(self) -> str:
        """Its own version; empty if it does not say."""
        return dict(self.hidden).get("cmd_version", "")


def read_form(url: str, limits: Limits, deadline: Deadline) -> FormPage:
    """The form, as the server offers it now.

    Raises
    ------
    InputError
        If there is none.
    """
    content = from_the_beginning(
        lambda: b"".join(Transfer(url, limits, deadline, text=True)), url, limits
    )
    page = content.decode("utf-8", "replace")
    offered = FormPage(url, page)
    if not offered.names:
        raise InputError(f"there is no form; it says: {without_markup(page)[:500]}")
    return offered


def make_table(
    offered: FormPage, fields: dict, limits: Limits, deadline: Deadline
) -> tuple[str, str, list[str]]:
    """Submit the form until the server makes a table.

    Parameters
    ----------
    fields
        What is filled in, but for the bolometric corrections.

    Returns
    -------
    link
        Address of the table.
    chosen
        The bolometric corrections with which it was made.
    warnings

    Raises
    ------
    InputError
        With the server's words, if it makes none.
    """
    try:
        url = urljoin(offered.url, offered.action or f"cmd_{VERSION}")
    except ValueError as error:
        raise InputError(f"its form goes to {offered.action!r}: {error}") from error
    hidden, warnings, failures = offered.hidden, [], []
    if not offered.version:
        hidden = [*hidden, ("cmd_version", VERSION)]
    elif offered.version != VERSION:
        warnings.append(f"its form is CMD {offered.version}, {VERSION} was expected")
    if unknown := sorted(set(fields) - offered.names):
        warnings.append(f"its form has no field {', '.join(unknown)}")
    for chosen in BOLOMETRIC:
        filled = [*hidden, *fields.items(), ("photsys_version", chosen)]
        page = persist(lambda: submit(url, filled, limits, deadline), limits, deadline)  # noqa: B023
        try:
            link = urljoin(url, find_link(page))
        except InputError as error:
            failures.append(f"with {chosen}, {error}")
            continue
        for warning in (warnings := warnings + failures):
            logger.warning("the CMD server: %s", warning)
        return link, chosen, warnings
    raise InputError("; ".join(warnings + failures))


def submit(url: str, fields: list, limits: Limits, deadline: Deadline) -> str:
    """Submit the form; the text of the page that comes back."""
    try:
        with Session() as session:
            cap_answers(session, limits, deadline)
            answer = session.post(
                url, data=fields, timeout=limits.timeout, headers={"User-Agent": AGENT}
            )
        reject_status(answer, {200})
        return answer.text
    except InputError:
        raise
    except NETWORK as error:
        raise network_error(url, error) from error


def find_link(page: Any) -> str:
    """Address of the table that the server has made.

    Raises
    ------
    InputError
        With the page's words, if it has made none.
    """
    link = re.search(r"(?:\.\./)*tmp/output\d+\.dat", page)
    if link is None:
        raise InputError(f"it made no table and says: {without_markup(page)[:500]}")
    return link[0]
