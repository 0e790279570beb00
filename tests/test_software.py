"""What products say of the code that made them."""

import os
import shutil
import subprocess

import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import __version__, tables
from mdwarfs.run import job
from mdwarfs.software import ARCHIVED, UNKNOWN, Software, digest, software

GIT = shutil.which("git")


def git(folder, *arguments):
    who = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    who = {f"GIT_{key}": "a@b" for key in who}
    done = subprocess.run(
        ["git", "-C", str(folder), "-c", "init.defaultBranch=main", *arguments],
        env=os.environ | who | {"GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path):
    """A checkout of one commit."""
    if GIT is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "checkout"
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "a.py").write_text("1\n")
    git(tmp_path, "init", "-q", str(folder))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def of(folder):
    return software.__wrapped__(folder)


def test_the_last_commit_of_the_code_and_its_date(checkout):
    first = git(checkout, "rev-parse", "HEAD")
    assert of(checkout) == Software(__version__, first, "2026-01-02T03:04:05+00:00")
    (checkout / "README.md").write_text("words\n")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "documentation")
    assert of(checkout).commit == first
    (checkout / "scripts" / "a.py").write_text("2\n")
    assert of(checkout).commit == f"{first}+dirty"
    git(checkout, "commit", "-q", "-a", "-m", "code")
    assert of(checkout).commit == git(checkout, "rev-parse", "HEAD")


def test_a_new_file_of_code_counts_as_a_change(checkout):
    (checkout / "scripts" / "b.py").touch()
    assert of(checkout).commit.endswith("+dirty")


def test_a_copy_without_git_says_that_it_does_not_know(checkout):
    """Also inside of another checkout, whose commit says nothing of the copy."""
    copy = checkout / "copy"
    shutil.copytree(checkout / "scripts", copy / "scripts")
    assert of(copy) == Software(__version__, UNKNOWN, UNKNOWN)


def test_an_archive_knows_its_commit(checkout, tmp_path, root):
    for name in (ARCHIVED, ".gitattributes"):
        shutil.copy(root / name, checkout / name)
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "archived")
    git(checkout, "archive", "-o", str(tmp_path / "a.tar"), "HEAD")
    shutil.unpack_archive(tmp_path / "a.tar", tmp_path / "unpacked")
    found = of(tmp_path / "unpacked")
    assert found.commit == git(checkout, "rev-parse", "HEAD")
    assert found.date.startswith("2026-01-02T03:04:05")
    shutil.rmtree(checkout / ".git")  # in a checkout the file is not filled in
    assert of(checkout).commit == UNKNOWN


def test_every_product_says_version_commit_date_and_configuration(tmp_path, stamp):
    table = Table({"teff": [3000.0]})
    for suffix in ("fits", "ecsv"):
        path = tmp_path / f"a.{suffix}"
        tables.write(table, path, stamp | {"config": {"b": 1, "a": None}})
        said = fits.getheader(path, 1) if suffix == "fits" else Table.read(path).meta
        assert said["CREATOR"] == f"mdwarfs {__version__}"
        assert said["COMMIT"] == software().commit
        assert said["CODEDATE"] == software().date
        assert said["CONFHASH"] == digest({"a": None, "b": 1})
        again = tables.read(path)
        assert again.meta["RUN"] == "test" and "COMMIT" not in again.meta


def test_a_rule_s_products_know_the_whole_configuration(tmp_path):
    class Job:
        rule, log, config = "a", [], {"b": 1, "a": {"c": None}}

        class params:
            stamp = {"run": "test", "simulated": True}

    seen = []
    job.run(lambda snakemake: seen.append(snakemake.params.stamp["config"]), Job)
    assert seen == [Job.config]
