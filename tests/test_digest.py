import pytest

from mdwarfs import digest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package in which a script uses one module, and that another."""
    files = {
        "mdwarfs/__init__.py": '"""Package."""',
        "mdwarfs/used.py": "from mdwarfs.sub import deep\nfrom mdwarfs import finder\n",
        "mdwarfs/finder.py": (
            "import pkgutil\nfrom mdwarfs import found, listed\n"
            "NAMES = list(pkgutil.iter_modules(found.__path__))\n"
        ),
        "mdwarfs/found/__init__.py": "",
        "mdwarfs/found/one.py": "from mdwarfs.sub import of_one\n",
        "mdwarfs/found/two/__init__.py": "",
        "mdwarfs/listed/__init__.py": "",
        "mdwarfs/listed/unused.py": "",
        "mdwarfs/unused.py": "X = 1\n",
        "mdwarfs/sub/__init__.py": "",
        "mdwarfs/sub/deep.py": "import numpy\n",
        "mdwarfs/sub/of_one.py": "",
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
        "mdwarfs/sub/deep.py",
        "mdwarfs/sub/lists/lines.tsv",
        "mdwarfs/found/one.py",
        "mdwarfs/found/two/__init__.py",
        "mdwarfs/sub/of_one.py",
    ],
)
def test_editing_what_the_script_uses_changes_its_digest(package, name):
    assert package(name)


@pytest.mark.parametrize("name", ["mdwarfs/unused.py", "mdwarfs/listed/unused.py"])
def test_editing_anything_else_does_not(package, name):
    assert not package(name)


def test_a_module_that_is_added_where_others_are_looked_up_changes_the_digest(
    package, tmp_path
):
    script = tmp_path / "script.py"
    before = digest_of(script)
    (tmp_path / "mdwarfs" / "listed" / "new.py").write_text("")
    assert digest_of(script) == before
    (tmp_path / "mdwarfs" / "found" / "new.py").write_text("")
    assert digest_of(script) != before


@pytest.mark.parametrize("name", ["normalise_spectra", "read_lamost54"])
def test_a_script_that_reads_spectra_depends_on_all_formats(root, name):
    formats = set((digest.PACKAGE / "spectra" / "readers").glob("*.py"))
    files, queue = set(), [root / "scripts" / f"{name}.py"]
    while queue:
        new = digest.imported(queue.pop()) - files
        files |= new
        queue.extend(new)
    assert len(formats) > 3 and formats <= files


def test_every_script_has_a_digest(root):
    digests = {
        path.stem: digest.script_digest(path) for path in root.glob("scripts/*.py")
    }
    assert len(set(digests.values())) > len(digests) / 2
