"""README and the documentation: links lead somewhere, and the site builds."""

import os
import re
import subprocess
import sys

import pytest
from PIL import Image

from mdwarfs.figures.captions import CAPTIONS
from mdwarfs.figures.registry import FIGURES

LINKS = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md"]


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text()


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    """The site as `make docs` builds it, and what Sphinx said."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(folder / "doctrees"), "docs", str(folder / "html")],
        cwd=root, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(root / "workflow")},
    )  # fmt: skip
    return folder / "html", done


def test_readme_begins_with_a_picture_and_is_short(root, readme):
    first = readme.splitlines()[2]
    picture = root / LINKS.search(first)[1]
    assert first.startswith("![") and picture.stat().st_size < 200_000
    assert Image.open(picture).width > 800
    assert "simulated" in "".join(readme.splitlines(keepends=True)[3:6])
    assert len(readme.splitlines()) <= 120


def test_every_link_leads_to_a_file(root):
    pages = [root / name for name in PAGES] + sorted((root / "docs").glob("*.md"))
    assert len(pages) > 20
    for page in pages:
        for link in LINKS.findall(page.read_text()):
            assert (page.parent / link).exists(), (page, link)


@pytest.mark.dag
def test_the_site_builds_without_a_warning(site):
    folder, done = site
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip() and not done.stdout.strip()
    for name in ("index", "method", "configuration", "tutorial", "gallery", "api"):
        assert (folder / f"{name}.html").stat().st_size > 10_000


@pytest.mark.dag
def test_the_site_has_every_page_figure_and_equation(site, root):
    folder, _ = site
    made = {path.stem for path in folder.glob("*.html")}
    assert {path.stem for path in (root / "docs").glob("*.md")} <= made
    gallery = (folder / "gallery.html").read_text()
    assert all(figure.name in gallery for figure in FIGURES)
    method = (folder / "method.html").read_text()
    assert method.count("<math") > 40 and "jsdelivr" not in method
    assert all(f"[{number}" in method for number in (1, 3, 4, 6, 7, 8, 11, 12, 13))
    assert "report.size" in (folder / "configuration.html").read_text()


def test_every_figure_has_words_and_no_words_are_left_over():
    names = {figure.name for figure in FIGURES}
    assert names == set(CAPTIONS)
    assert all(len(text.split()) > 12 for text in CAPTIONS.values())
