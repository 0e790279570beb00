"""Names of quantities, and the files that figures are written to."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib.style
import pytest
from cycler import cycler

from mdwarfs.figures import style

REAL = {"run": "sky_1", "simulated": False}
SIMULATED = {"run": "test", "simulated": True}


@style.styled
def drawn():
    """A figure of all that settings change: lines, points, bars, texts, mathematics."""
    figure = style.new(style.COLUMN, 2.0)
    axes = figure.subplots()
    for slope in (1, 2):
        axes.plot([0, slope], label=f"$x = {slope}$")
    figure.colorbar(axes.scatter([0, 1], [1, 0], c=[3, 4]), label="some values")
    axes.errorbar([0.5], [1], yerr=0.3)
    axes.set(xlabel=style.symbol("teff"), ylabel="Stars", title="some text")
    axes.legend()
    return figure


@pytest.fixture
def small():
    """A figure that takes little time."""
    figure = style.new(style.COLUMN, 2.0)
    figure.subplots().plot([0, 1])
    return figure


def saved(figure, folder):
    """The bytes of both files of a figure."""
    folder.mkdir()
    style.save(figure, folder / "f.pdf", folder / "f.png", SIMULATED)
    return [(folder / name).read_bytes() for name in ("f.pdf", "f.png")]


USERS = matplotlib.style.library["dark_background"] | {
    "text.usetex": True, "font.family": "monospace", "figure.dpi": 37,
    "savefig.dpi": 23, "savefig.transparent": True, "axes.grid": True,
    "axes.prop_cycle": cycler(color="k"), "xtick.top": False, "image.cmap": "gray",
    "errorbar.capsize": 7, "scatter.marker": "x",
}  # fmt: skip
"""Each would change how a figure looks."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The bytes of a figure under the settings that every user begins with."""
    return saved(drawn(), tmp_path_factory.mktemp("plain") / "files")


@pytest.mark.dag
def test_a_users_settings_change_no_figure(tmp_path, plain):
    """Nor does drawing it again."""
    with matplotlib.rc_context(USERS):
        before = dict(matplotlib.rcParams)
        assert saved(drawn(), tmp_path / "own") == plain
        assert dict(matplotlib.rcParams) == before


MINIMAL = """
from mdwarfs.figures import style

@style.styled
def draw():
    figure = style.new(2.0, 2.0)
    figure.subplots().set(xlabel="$T$", title="some text")
    return figure

def write():
    style.save(draw(), "f.pdf", "f.png", {"run": "test", "simulated": True})
"""


@pytest.mark.dag
def test_a_users_backend_and_matplotlibrc_change_no_figure(tmp_path, monkeypatch, root):
    """In a process of its own, since both are read when matplotlib is imported."""
    own = {"MPLBACKEND": "module://no.such_backend", "HOME": str(tmp_path)}
    own |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(root / "workflow")}
    # or else the process looks for all fonts of the machine
    own["XDG_CACHE_HOME"] = str(Path(matplotlib.get_cachedir()).parent)
    settings = "text.usetex: True\nfigure.facecolor: black\nbackend: svg\n"
    (tmp_path / "matplotlibrc").write_text(settings)
    (tmp_path / "f.py").write_text(MINIMAL + "write()")
    subprocess.run([sys.executable, "f.py"], cwd=tmp_path, env=own, check=True)
    theirs = [(tmp_path / name).read_bytes() for name in ("f.pdf", "f.png")]
    monkeypatch.chdir(tmp_path)
    here: dict = {}
    exec(MINIMAL, here)
    here["write"]()
    assert theirs == [(tmp_path / name).read_bytes() for name in ("f.pdf", "f.png")]


def written(figure):
    return [text.get_text() for text in figure.texts]


def test_files_do_not_say_when_they_were_made(plain):
    pdf, png = plain
    assert pdf.startswith(b"%PDF") and b"CreationDate" not in pdf
    assert png.startswith(b"\x89PNG") and b"Software" not in png


@pytest.mark.parametrize("stamp", (REAL, SIMULATED))
def test_figure_names_its_run_and_says_if_it_is_simulated(small, stamp):
    style.write(small, [], stamp)
    assert f"run: {stamp['run']}" in written(small)
    said = any("simulated" in text for text in written(small))
    assert said == stamp["simulated"]


def test_run_name_is_not_read_as_mathematics(small, tmp_path):
    stamp = {"run": "a_$b_{c", "simulated": False}
    style.write(small, [tmp_path / "f.png"], stamp)
    assert "run: a_$b_{c" in written(small)


def test_failure_leaves_no_file(small, tmp_path):
    with pytest.raises(ValueError, match="nonsense"):
        style.save(small, tmp_path / "f.nonsense", tmp_path / "f.png", SIMULATED)
    assert [file.name for file in tmp_path.iterdir()] == ["f.png"]


def test_symbols():
    assert style.symbol("feh") == "[Fe/H]"
    assert style.symbol("teff", "Birky+2020") == r"$T_{\rm eff,\,Birky{+}2020}$"
    assert style.with_unit(style.symbol("teff"), "teff").endswith("(K)")
