"""Spreading independent blocks of matrix products over worker threads."""

from concurrent.futures import ThreadPoolExecutor
from functools import wraps

from threadpoolctl import threadpool_limits


def one_blas_thread(function):
    """Run a function with BLAS kept to one thread.

    The matrix products of SLAM are too small to be shared out among threads; blocks
    of pixels and of stars are shared out instead.
    """

    @wraps(function)
    def pinned(*args, **kwargs):
        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return pinned


def ordered_map(function, items, threads):
    """Apply a function to each item in worker threads; yield results in order.

    NumPy releases the interpreter while it computes. The results do not depend on the
    number of threads. At most `threads` + 1 of them wait to be taken.

    Parameters
    ----------
    function : callable
    items : sequence
    threads : int
    """
    with ThreadPoolExecutor(threads) as pool:
        waiting = []
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
