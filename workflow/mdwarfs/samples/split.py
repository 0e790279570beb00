"""The random division of the labelled stars into training and test set."""

import logging

import numpy as np

from mdwarfs.errors import InputError

logger = logging.getLogger(__name__)

STREAM = 870250  # sets these draws apart from every other use of the run's seed


def split(labels, sizes, seed):
    """Divide the labelled stars at random, in the proportion of the paper's 870 to 250.

    Paper, section 2.4. The draw depends on the seed and on which stars there are, not
    on the order of their rows.

    Parameters
    ----------
    labels : astropy.table.Table
        `source_id`, `sdss_id` and `labelled`; stars not labelled are left out.
    sizes : dict
        `train` and `test`: the sizes for a sample of train + test stars; a sample of
        another size is divided in the same proportion.
    seed : int
        Seed of the run.

    Returns
    -------
    astropy.table.Table
        `source_id`, `sdss_id`, `role` ("train" or "test"), by ascending `source_id`.

    Raises
    ------
    InputError
        If either set would be empty.
    """
    stars = labels["source_id", "sdss_id"][np.asarray(labels["labelled"], bool)]
    stars.sort("source_id")
    n = len(stars)
    n_test = round(n * sizes["test"] / (sizes["train"] + sizes["test"]))
    if not 0 < n_test < n:
        raise InputError(
            f"{n} labelled stars cannot be divided into a training and a test set in "
            f"the proportion {sizes['train']} to {sizes['test']}"
        )
    drawn = np.random.default_rng([seed, STREAM]).permutation(n)[:n_test]
    role = np.full(n, "train")
    role[drawn] = "test"
    stars["role"] = role
    logger.info("%d stars to train, %d to test", n - n_test, n_test)
    return stars


def of_role(split, role):
    """The stars of one set.

    Parameters
    ----------
    split : astropy.table.Table
        `source_id`, `role`.
    role : {"train", "test"}

    Returns
    -------
    ndarray of int
        Their `source_id`.
    """
    return np.asarray(split["source_id"])[np.asarray(split["role"]) == role]
