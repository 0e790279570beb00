"""Debian's packages that some tests need, installed as root where that can be."""

import contextlib
import os
import shutil
import subprocess


class Unavailable(Exception):
    """The packages are not to be had on this machine; the message says why."""


def install(packages, check_installed, words, patience):
    """Install Debian packages, if they are not there.

    Parameters
    ----------
    packages : list of str
    check_installed : callable
        Raises Unavailable unless they are there.
    words : str
        That they come as Debian packages, for where there are none.
    patience : float
        For each command [s].

    Raises
    ------
    Unavailable
        If this is no Debian, not root, or the packages do not come.
    """
    with contextlib.suppress(Unavailable):
        return check_installed()
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise Unavailable(words)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-q", "update"],
        ["apt-get", "-q", "-y", "--no-install-recommends", "install", *packages],
    ):
        try:
            subprocess.run(
                command, env=quiet, timeout=patience, check=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"{' '.join(command)} took too long") from error
        except subprocess.CalledProcessError as error:
            raise Unavailable(f"{' '.join(command)}: {error.stdout[-300:]}") from error
    return check_installed()
