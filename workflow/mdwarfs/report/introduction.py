"""The texts at the top of a run's page: where its data come from, and its size."""

from collections.abc import Mapping

import numpy as np
from astropy.table import Table

from mdwarfs import software as running
from mdwarfs.audit.ledger import PRINTED
from mdwarfs.run.environment import environment

SIMULATED = (
    "Simulated: invented stars. Nothing on this page is a measurement of the sky."
)


def origin(config: dict, simulated: bool) -> list[str]:
    """What is real and what is simulated, in sentences.

    Parameters
    ----------
    config
        The whole configuration of the run.
    """
    if config["source"] == "files":
        if simulated:
            return [
                "The spectra and labels are those of the table that the configuration "
                "names, which says of itself that its stars are simulated.",
            ]
        return [
            "The spectra and the reference labels are real: those of the table that "
            "the configuration names.",
            "What was inferred from them (labels, uncertainties, flags) is this run's.",
        ]
    if simulated:
        served = (
            " They were served on this machine in the place of the archives."
            if config["source"] == "archives"
            else ""
        )
        return [
            "Everything is simulated: stars, spectra, catalogues, and the labels of "
            "others. They are written in the archives' own formats." + served,
            "Real are the workflow, the paper's criteria and corrections, and the "
            "paper's numbers, which stand beside this run's in the ledger.",
            "Agreement with the paper is no evidence: the simulation was made to have "
            "the paper's numbers of stars, and references as uncertain as the paper's.",
        ]
    released = config["archives"]["candidates"] == "released"
    return [
        "Spectra, catalogues and reference labels are those of the archives; the "
        "provenance says which, and when they were fetched.",
        *(
            [
                "Labels of candidates whose spectra were not fetched are the released "
                "ones of SDSS, and no result of this run; their status says so."
            ]
            if released
            else []
        ),
    ]


def facts(
    catalogue: Table, roles: np.ndarray, products: Mapping[str, Table], simulated: bool
) -> list[dict]:
    """The numbers at the top of the page, as `number` and `words`.

    Parameters
    ----------
    catalogue
        Of SLAM.
    roles
        Of its stars: 0, or 1 (training) or 2 (test).
    products
        Of which "claims" is looked at, if there.
    """
    labelled = np.asarray(catalogue["reason"], str) == ""
    clean = labelled & (np.asarray(catalogue["flags"]) == 0)
    found = [
        (f"{len(catalogue):,}", "stars"),
        (f"{np.sum(labelled):,}", "with all labels"),
        (f"{np.sum(clean):,}", "of these without a flag"),
        (f"{np.sum(roles == 1):,}", "training stars"),
    ]
    if np.any(roles == 2):
        found.append((f"{np.sum(roles == 2):,}", "test stars"))
    claims = products.get("claims")
    if claims is not None and simulated:
        agrees = np.asarray(claims["agrees"])
        found.append(
            (
                f"{np.sum(agrees == 'yes')} of {np.sum(agrees != '')}",
                "numbers are what was put in",
            )
        )
    elif claims is not None:
        states = np.asarray(claims["status"])[np.asarray(claims["kind"]) == PRINTED]
        found.append(
            (
                f"{np.sum(states == 'reproduced')} of {len(states)}",
                "printed numbers of the paper reproduced",
            )
        )
    return [{"number": number, "words": words} for number, words in found]


PACKAGES = (
    "numpy", "scipy", "astropy", "scikit-learn", "matplotlib", "bokeh", "snakemake",
)  # fmt: skip
"""Of those that are installed, the ones that are named on the page."""


def software() -> list[dict]:
    """The code and the packages that made the page, as `what` and `words`."""
    code, around = running.software(), environment()
    said = code.commit.removesuffix(running.CHANGED)
    said += f" of {code.date[:10]}" if code.date != running.UNKNOWN else ""
    if code.commit.endswith(running.CHANGED):
        said += ", with changes"
    packages = around["packages"]
    found = [f"{x} {packages[x]}" for x in PACKAGES if x in packages]
    told = {
        "mdwarfs": code.version,
        "Code": f"commit {said}",
        "Python": f"{around['implementation']} {around['python']}, {around['system']}",
        "Packages": ", ".join(found),
    }
    return [{"what": what, "words": words} for what, words in told.items()]
