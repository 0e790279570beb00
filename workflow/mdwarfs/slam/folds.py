"""Stars divided into folds: for cross-validation, halves and held-out parts."""

import numpy as np


def assign_folds(n: int, k: int, rng: np.random.Generator) -> np.ndarray:
    """Divide n stars at random into k folds whose sizes differ by one at most.

    Returns
    -------
    int, shape (n,)
    """
    fold = np.empty(n, int)
    fold[rng.permutation(n)] = np.arange(n) % k
    return fold


def contiguous_folds(n: int, k: int) -> np.ndarray:
    """Divide n stars, in their order, into k folds whose sizes differ by one at most.

    What an integer `cv` means in scikit-learn. Folds of stars that stand together
    because they are alike (sorted by brightness, say) make for a poor choice.

    Returns
    -------
    int, shape (n,)
    """
    return np.repeat(np.arange(k), [len(part) for part in np.array_split(range(n), k)])
