"""Support-vector regression of a pixel by libsvm, where the splitting fails."""

import warnings

import numpy as np

TOLERANCE = 1e-6
MAX_ITERATIONS = 20_000_000


def libsvm(gram: np.ndarray, y: np.ndarray, C: float, epsilon: float) -> np.ndarray:
    """Solve an epsilon-SVR with scikit-learn.

    Parameters
    ----------
    gram : shape (n, n)
        Kernel matrix of the samples that take part.
    y : shape (n,)

    Returns
    -------
    dual : shape (n,)
    """
    # slow to import, and hardly ever needed
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import SVR

    machine = SVR(
        kernel="precomputed",
        C=C,
        epsilon=epsilon,
        tol=TOLERANCE,
        max_iter=MAX_ITERATIONS,
        cache_size=64,
    )
    with warnings.catch_warnings():
        # What libsvm reaches is judged by its duality gap, not by its own opinion.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(gram, y)
    dual = np.zeros(len(y))
    dual[machine.support_] = machine.dual_coef_[0]
    return dual
