"""docs/your_spectra.md, command by command, by a user who has twenty spectra.

The samples are made as users make them: the command and each job are processes of their
own. Their configuration is the template, but for a grid of one point: each of nineteen
trainings would choose among six at every pixel. So numbers are not quite the page's.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mdwarfs import tables
from mdwarfs.slam.infer.flags import Flag
from tests.workflow import warm
from tests.workflow.conftest import UNSET
from tests.workflow.twenty_spectra import KNOWN, NEW, UNKNOWN, write

PAGE = "docs/your_spectra.md"
ONE_POINT = {
    "C: [1.0, 10.0]": "C: [10.0]",
    "gamma: [0.03, 0.1, 0.3]": "gamma: [0.1]",
}

pytestmark = pytest.mark.dag


@pytest.fixture(scope="module")
def page(root):
    return (root / PAGE).read_text()


@pytest.fixture(scope="module")
def followed(root, page, tmp_path_factory):
    """The user's folder after all commands of the page, and the true labels."""
    folder = tmp_path_factory.mktemp("user")
    truth = write(folder)
    commands = folder / "bin"
    commands.mkdir()
    for name, module in (("snakemake", "snakemake"), ("mdwarfs", "mdwarfs.cli")):
        command = commands / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        command.chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if k not in UNSET} | {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "MDWARFS": str(root),
        "PYTHONPATH": str(root / "workflow"),
    }
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", page)
    assert len(blocks) == 3
    for line in "".join(blocks).splitlines():
        command, *arguments = shlex.split(line.replace("$MDWARFS", str(root)))
        if (command, *arguments[:1]) == ("snakemake", "all"):  # most of the jobs
            done = warm.snakemake(arguments, folder, environment)
        else:
            done = subprocess.run(
                line, shell=True, cwd=folder, env=environment, text=True,
                capture_output=True,
            )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stderr[-3000:]}"
        if command == "cp":
            choose_nothing(folder / "mine.yaml")
    return folder, truth


def choose_nothing(path):
    """Leave one point of the grid of hyperparameters in a configuration."""
    text = path.read_text()
    for old, new in ONE_POINT.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text)


def test_the_page_shows_the_table_and_the_spectra_as_they_are(page, tmp_path):
    write(tmp_path)
    table = (tmp_path / "stars.csv").read_text().splitlines()
    spectrum = (tmp_path / "spectra" / "star01.csv").read_text().splitlines()
    assert len(table) == 1 + KNOWN + UNKNOWN
    for line in (*table[:2], table[19], spectrum[0], spectrum[2], spectrum[3]):
        assert f"    {line}\n" in page


def test_every_flag_of_the_page_is_one_and_none_is_missing(page):
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", page))))
    flags = {flag.name.lower() for flag in Flag}
    assert flags <= named
    rows = page[page.index("| name |") :]
    first = "".join(re.findall(r"(?m)^\| (`.*?) \|", rows))
    assert set(re.findall(r"`(\w+)`", first)) == flags


def test_the_products_that_it_lists_are_there(followed, page):
    folder, _ = followed
    for name in re.findall(r"(?m)^\| `(\w+/[\w.]+)` \|", page):
        assert (folder / "results/mine" / name).is_file(), name
    said = page[page.index("| figure in") : page.index("`validation: leave-one-out`")]
    names = re.findall(r"(?m)^\| `(\w+)` \|", said)
    drawn = {path.name for path in (folder / "figures/mine").iterdir()}
    assert drawn == {f"{name}.{form}" for name in names for form in ("pdf", "png")}


def test_the_summary_says_what_so_few_stars_leave_unseen(followed):
    folder, _ = followed
    text = (folder / "results/mine/validation/summary.md").read_text()
    assert "# mine: 20 real spectra" in text and "18 of 20 stars are fit" in text
    assert "These limits are wide" in text and "Wavelengths in air" in text


def test_all_twenty_have_labels_and_the_two_without_are_predicted(followed):
    folder, truth = followed
    catalogue = tables.read(folder / "results/mine/catalogue/slam_labels.fits")
    labels = tables.read(folder / "results/mine/samples/labels.fits")
    n = KNOWN + UNKNOWN
    assert len(catalogue) == len(labels) == n
    assert list(labels["role"]) == ["train"] * KNOWN + ["predict"] * UNKNOWN
    off = np.asarray(catalogue["teff"], float) - truth["teff"][:n]
    clean = np.asarray(catalogue["flags"]) == 0
    # less than half of what the mean of all stars as everybody's label would give
    assert clean.sum() > n / 2
    assert np.std(off[clean]) < 0.5 * np.std(truth["teff"][:n][clean])
    assert np.corrcoef(catalogue["feh"], truth["feh"][:n])[0, 1] > 0.8


def test_uncertainties_that_so_few_stars_do_not_give_are_empty_with_a_reason(followed):
    folder, _ = followed
    catalogue = tables.read(folder / "results/mine/catalogue/slam_labels.fits")
    for name in ("sigma_teff", "e_teff", "sigma_feh", "e_feh"):
        assert not np.isfinite(catalogue[name]).any()
    assert (catalogue["formal_e_teff"] > 0).all()
    for name, words in (("calibration", "it takes 20"), ("power_laws", "takes two")):
        table = tables.read(folder / f"results/mine/validation/{name}.ecsv")
        assert all(words in reason for reason in table["reason"])


def test_later_spectra_get_labels_by_the_run(followed):
    folder, truth = followed
    found = tables.read(folder / "new.ecsv")
    assert len(found) == NEW
    assert [Path(name).parent.name for name in found["file"]] == ["new"] * NEW
    assert np.abs(found["teff"] - truth["teff"][-NEW:]).max() < 100
    # as measured in the run, whose power laws they lack; and so no star is faint
    assert (found["snr"] > 25).all() and (found["snr"] < 90).all()
    assert not any("low_snr" in names for names in found["flag_names"])


def test_formal_errors_are_too_small_by_about_what_the_page_says(followed, page):
    """The page's numbers are of the template's whole grid: with one point of it, formal
    errors and scatter are to be of the same size, within a fifth."""
    folder, _ = followed
    catalogue = tables.read(folder / "results/mine/catalogue/slam_labels.fits")[:KNOWN]
    given = tables.read(folder / "results/mine/samples/labels.fits")[:KNOWN]
    words = re.search(
        r"about (\S+) K and (\S+) dex, where found minus given labels scatter by "
        r"about (\S+) K and (\S+) dex",
        " ".join(page.split()),
    )
    formal, scatter = np.reshape([float(x) for x in words.groups()], (2, 2))
    for k, name in enumerate(("teff", "feh")):
        found = np.std(catalogue[name] - given[name])
        assert found == pytest.approx(scatter[k], rel=0.2)
        found = np.median(catalogue[f"formal_e_{name}"])
        assert found == pytest.approx(formal[k], rel=0.2)
