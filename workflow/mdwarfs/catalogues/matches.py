"""Whether a match by identifiers found as many stars as it should.

A match that finds nothing stops the run where it is made. A match that finds only a few
stars looks like a success. It can come from identifiers that lost their last digits,
some of which are right by accident, or from those of another release, many of which
agree.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.catalogues.rounded import n_beside

TOO_MANY = 0.02
"""Share of identifiers that lie beside others and on none, which is no accident."""
FEWEST = 3
"""So many of them, at least."""


@dataclass(frozen=True)
class Match:
    """Stars of one product that are to be found in another.

    Attributes
    ----------
    stars, catalogue
        The products, below the run's results.
    key
        Identifier of the stars.
    among
        Where it is looked for: columns of the catalogue.
    least
        Share of the stars that are there, at the least; 0 if nobody has said.
    source
        Who says so.
    """

    stars: str
    catalogue: str
    key: str = "source_id"
    among: tuple[str, ...] = ("source_id",)
    least: float = 0
    source: str = ""


GAIA = "SDSS-V chooses its M dwarfs from Gaia"
PAPER = "the paper has labels for all of its 1,120 pairs (sections 2.3 and 2.4)"
IN_GAIA = (
    Match(
        "catalogues/boss.fits", "catalogues/gaia.fits", "gaia_dr2_source_id",
        ("gaia_dr2_source_id",), 0.8, GAIA,
    ),
    Match(
        "catalogues/boss.fits", "catalogues/gaia.fits", "gaia_dr3_source_id",
        least=0.8, source=GAIA,
    ),
)  # fmt: skip
"""BOSS stars by what their list calls them, or by what Astra calls them."""
MATCHES = (
    *IN_GAIA,
    Match(
        "samples/candidates.fits", "catalogues/wide_binaries.fits",
        among=("source_id1", "source_id2"),
    ),
    *(
        Match("samples/labels.fits", f"catalogues/{name}.fits", least=0.5, source=PAPER)
        for name in ("apogee_net", "aspcap")
    ),
    *(
        Match("samples/candidates.fits", f"catalogues/{name}.fits")
        for name in ("astra_slam", "behmard", "lamost_m")
    ),
    Match(
        "catalogues/lamost_fgk.fits", "catalogues/wide_binaries.fits",
        among=("source_id1", "source_id2"), least=0.99,
        source="its stars were chosen from there",
    ),
)  # fmt: skip
"""What a run matches by identifiers of Gaia."""
COLUMNS = {x for found in MATCHES for x in (found.key, *found.among)}
"""Of the products that `misgivings` looks at."""


def misgivings(ids: ArrayLike, reference: ArrayLike, asked: Match) -> list[str]:
    """What speaks against a match: too few stars, or rounded identifiers.

    Parameters
    ----------
    ids, reference : int64, shapes (n,) and (m,)
        Identifiers of the stars, and those of the catalogue; nulls (<= 0) are passed
        over.

    Returns
    -------
    words
        Empty if nothing does.
    """
    ids = np.unique(np.asarray(ids, np.int64))
    ids = ids[ids > 0]
    found, beside = np.sum(np.isin(ids, reference)), n_beside(ids, reference)
    words = []
    if found < asked.least * len(ids):
        words.append(
            f"{found} of its {len(ids)} stars are in {asked.catalogue}; at least "
            f"{asked.least:.0%} are expected: {asked.source}"
        )
    if beside >= FEWEST and beside > TOO_MANY * (beside + found):
        words.append(
            f"{beside} of its {asked.key} are not in {asked.catalogue}, but nearly "
            f"({found} are): identifiers have lost their last digits in one of the two"
        )
    return words
