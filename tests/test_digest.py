import pytest

from mdwarfs import digest

USED = """\
from typing import TYPE_CHECKING

from mdwarfs.sub import deep

if TYPE_CHECKING:
    from mdwarfs.named import Thing
else:
    from mdwarfs.otherwise import Thing
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package in which a script uses one module, and that another."""
    files = {
        "mdwarfs/__init__.py": '"""Package."""',
        "mdwarfs/used.py": USED,
        "mdwarfs/unused.py": "X = 1\n",
        "mdwarfs/named.py": "class Thing: ...\n",
        "mdwarfs/otherwise.py": "Thing = object\n",
        "mdwarfs/sub/__init__.py": "",
        "mdwarfs/sub/deep.py": "import numpy\n",
        "mdwarfs/sub/lists/lines.tsv": "5890\n",
        "script.py": "from mdwarfs.used import thing\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(digest, "PACKAGE", tmp_path / "mdwarfs")

    def edit(name):
        before = digest_of(tmp_path / "script.py")
        path = tmp_path / name
        path.write_text(path.read_text() + "# edited\n")
        return before != digest_of(tmp_path / "script.py")

    return edit


def digest_of(script):
    digest.imported.cache_clear()
    digest.data_files.cache_clear()
    return digest.script_digest(script)


@pytest.mark.parametrize(
    "name",
    [
        "mdwarfs/__init__.py",
        "mdwarfs/used.py",
        "mdwarfs/otherwise.py",
        "mdwarfs/sub/deep.py",
        "mdwarfs/sub/lists/lines.tsv",
    ],
)
def test_editing_what_the_script_uses_changes_its_digest(package, name):
    assert package(name)


@pytest.mark.parametrize(
    "name",
    [
        "mdwarfs/unused.py",
        "mdwarfs/named.py",  # imported for the types of signatures alone
    ],
)
def test_editing_anything_else_does_not(package, name):
    assert not package(name)


def test_every_script_has_a_digest(root):
    digests = {
        path.stem: digest.script_digest(path) for path in root.glob("scripts/*.py")
    }
    assert len(set(digests.values())) > len(digests) / 2
