"""What several processes of one run of the tests make once."""

import fcntl
import os
import pickle

import pytest


def once(tmp_path_factory, name, make):
    """A folder or file that one of the processes makes; the others wait, and share it.

    Parameters
    ----------
    name : str
        Of what is made.
    make : callable
        Of the path, at which it makes it.

    Returns
    -------
    path : Path
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    place = folder / name
    place.mkdir(exist_ok=True)
    path, done = place / "copy", place / "done"
    with open(place / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make(path)
            done.touch()
        elif not done.exists():
            pytest.fail(f"what is {name} ended in an error in another process")
    return path


def value_once(tmp_path_factory, name, make):
    """What one of the processes makes, as a model that it trains, and all read.

    Parameters
    ----------
    name : str
        Of what is made.
    make : callable
        Without arguments.

    Returns
    -------
    value
        A copy of its own for each process.
    """

    def write(path):
        path.write_bytes(pickle.dumps(make()))

    return pickle.loads(once(tmp_path_factory, name, write).read_bytes())
