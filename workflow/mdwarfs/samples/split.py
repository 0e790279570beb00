"""The random division of the labelled stars into training and test set."""

import logging
from typing import Literal

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError

logger = logging.getLogger(__name__)

TRAINED_ON = "trained_on"
"""Column of all catalogues: whether a star is one of the training stars. What that
means for its labels differs, and stands in the column's description."""
OWN_MODEL = (
    "Training star: its labels are by the model that was trained on it, and nearer to "
    "its reference labels than those of other stars are to theirs"
)
HELD_OUT = "Training star: its labels are by a model that has not seen it"
"""That description, of SLAM's labels, and of those of models without the star."""

STREAM = 870250  # sets these draws apart from every other use of the run's seed


def split_sample(labels: Table, sizes: dict[str, int], seed: int) -> Table:
    """Divide the labelled stars at random, in the proportion of the paper's 870 to 250.

    Paper, section 2.4. The draw depends on the seed and on which stars there are, not
    on the order of their rows. Where the labels come with a division of their own, it
    is kept.

    Parameters
    ----------
    labels
        `source_id`, `sdss_id`, `labelled` and, if their source has divided them,
        `role`; stars not labelled are left out.
    sizes
        `train` and `test`: the sizes for a sample of train + test stars; a sample of
        another size is divided in the same proportion.
    seed
        Seed of the run.

    Returns
    -------
    stars
        `source_id`, `sdss_id`, `role` ("train" or "test"), by ascending `source_id`.

    Raises
    ------
    InputError
        If either set would be empty.
    """
    labelled = labels[np.asarray(labels["labelled"], bool)]
    labelled.sort("source_id")
    stars = labelled["source_id", "sdss_id"]
    if "role" in labelled.colnames:
        stars["role"] = labelled["role"]
    else:
        stars["role"] = draw_roles(len(stars), sizes, seed)
    sets = {role: int(np.sum(stars["role"] == role)) for role in ("train", "test")}
    if not all(sets.values()):
        raise InputError(
            f"{sets['train']} stars to train and {sets['test']} to test: neither set "
            "may be empty"
        )
    logger.info("%d stars to train, %d to test", *sets.values())
    return stars


def draw_roles(n: int, sizes: dict[str, int], seed: int) -> np.ndarray:
    """The role of each of n stars, drawn at random; see `split_sample`."""
    n_test = round(n * sizes["test"] / (sizes["train"] + sizes["test"]))
    if not 0 < n_test < n:
        raise InputError(
            f"{n} labelled stars cannot be divided into a training and a test set in "
            f"the proportion {sizes['train']} to {sizes['test']}"
        )
    chosen = np.random.default_rng([seed, STREAM]).permutation(n)[:n_test]
    role = np.full(n, "train")
    role[chosen] = "test"
    return role


def of_role(split: Table, role: Literal["train", "test"]) -> np.ndarray:
    """The stars of one set.

    Parameters
    ----------
    split
        `source_id`, `role`.

    Returns
    -------
    of int
        Their `source_id`.
    """
    return np.asarray(split["source_id"])[np.asarray(split["role"]) == role]
