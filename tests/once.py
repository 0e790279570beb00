"""What several processes of one run of the tests make once."""

import fcntl
import os

import pytest


def once(tmp_path_factory, name, make):
    """A folder that one of the processes makes; the others wait for it, and share it.

    Parameters
    ----------
    name : str
        Of what is made.
    make : callable
        Of the path of the folder, which it makes.

    Returns
    -------
    path : Path
        The folder.
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
