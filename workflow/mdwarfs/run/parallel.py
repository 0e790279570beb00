"""Work shared out among threads or processes; the results come in order."""

import logging
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import fields
from functools import cache, wraps
from typing import TypeVar

import numpy as np
import scipy.linalg  # noqa: F401  whose BLAS has to be there to be found
from threadpoolctl import ThreadpoolController

logger = logging.getLogger(__name__)
Rows = TypeVar("Rows")

AHEAD = 16  # items per process that are done or waiting ahead of the one that is taken


def slices(n: int, size: int) -> list[slice]:
    """Cut n rows into blocks, so that no more than `size` are in memory together.

    Of no rows there is one block without any, so that what is made of the blocks has
    the right shape.
    """
    return [slice(start, start + size) for start in range(0, max(n, 1), size)]


def joined(parts: Sequence[Rows]) -> Rows:
    """What was found of several blocks of stars, one after the other.

    Parameters
    ----------
    parts
        Instances of one dataclass, whose arrays have a row per star. What is no array,
        as names of labels, is the same in all.

    Raises
    ------
    ValueError
        If it is not.
    """
    values = {}
    for field in fields(parts[0]):
        own = [getattr(part, field.name) for part in parts]
        if isinstance(own[0], np.ndarray):
            values[field.name] = np.concatenate(own)
        elif any(one != own[0] for one in own):
            raise ValueError(f"blocks of different {field.name} cannot be joined")
        else:
            values[field.name] = own[0]
    return type(parts[0])(**values)


def one_blas_thread(function: Callable) -> Callable:
    """Run a function with BLAS kept to one thread.

    The matrix products of SLAM are too small to be shared out among threads; blocks
    of pixels and of stars are shared out instead.
    """

    @wraps(function)
    def pinned(*args, **kwargs):
        with _one_blas_thread():
            return function(*args, **kwargs)

    return pinned


def _one_blas_thread():
    """A context in which BLAS has one thread."""
    return _libraries().limit(limits=1, user_api="blas")


@cache
def _libraries():
    """What the process has loaded; to look for it takes longer than a small product."""
    return ThreadpoolController()


def in_threads(function: Callable, items: Iterable, threads: int) -> Iterator:
    """Apply a function to each item in worker threads; yield the results in order.

    For matrix products: NumPy releases the interpreter while it computes. The results
    do not depend on the number of threads. At most `threads` + 1 of them wait to be
    taken, being large.

    BLAS has one thread until all are done, also between two results. A limit that each
    thread sets and takes back for itself would end for all when the first is done.
    """
    with _one_blas_thread(), ThreadPoolExecutor(threads) as pool:
        yield from _in_order(pool, function, items, threads)


def in_processes(function: Callable, items: Iterable, processes: int) -> Iterator:
    """Apply a function to each item in worker processes; yield the results in order.

    For Python code, as reading files is. The results do not depend on the number of
    processes; with one, and where the machine allows none or cannot fork, the work is
    done here.

    Parameters
    ----------
    function
        Of a module, or a partial of one: it is sent to the processes.
    """
    if processes == 1:
        yield from map(function, items)
        return
    # Forking, because the other ways of starting a process import the main module
    # again, and Snakemake's main module is the script of a rule: it would run twice.
    try:
        context = multiprocessing.get_context("fork")
        pool = ProcessPoolExecutor(processes, mp_context=context)
    except (OSError, ValueError) as error:  # no semaphores (/dev/shm), or no fork
        logger.warning("One process instead of %d: %s", processes, error)
        yield from map(function, items)
        return
    with pool:
        yield from _in_order(pool, function, items, AHEAD * processes)


def _in_order(pool, function, items, most):
    """Results of a pool, of which no more than `most` + 1 wait to be taken."""
    waiting = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) > most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
