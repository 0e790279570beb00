"""Stars are drawn until there are as many as wanted where they are wanted."""

import numpy as np
from astropy.table import Table

from mdwarfs.simulation.selection import draw_until


def numbers():
    """Draws numbers that go on from call to call."""
    drawn = iter(range(10**6))
    return lambda n: (Table({"x": [next(drawn) for _ in range(n)]}),)


def test_the_first_that_are_kept_and_what_was_drawn_before_the_last():
    (kept,), (others,) = draw_until(5, numbers(), lambda t: np.asarray(t["x"]) % 3 == 0)
    assert list(kept["x"]) == [0, 3, 6, 9, 12]
    assert list(others["x"]) == [1, 2, 4, 5, 7, 8, 10, 11]


def test_none_are_wanted():
    (kept,), (others,) = draw_until(
        0, lambda n: (Table({"x": np.zeros(n)}),), lambda t: np.ones(len(t), bool)
    )
    assert len(kept) == len(others) == 0


def test_pairs_stay_together():
    make = numbers()

    def pairs(n):
        (one,) = make(n)
        return one, Table({"x": -np.asarray(one["x"])})

    (one, two), _ = draw_until(4, pairs, lambda a, b: np.asarray(a["x"]) > 2)
    assert list(one["x"]) == [3, 4, 5, 6] and np.all(one["x"] == -two["x"])
