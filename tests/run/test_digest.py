import ast

import pytest

from mdwarfs.figures import registry
from mdwarfs.run import digest
from mdwarfs.run.progress import track

USED = """\
from typing import TYPE_CHECKING

from mdwarfs import finder
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
        "mdwarfs/named.py": "class Thing: ...\n",
        "mdwarfs/otherwise.py": "Thing = object\n",
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
        "mdwarfs/otherwise.py",
        "mdwarfs/sub/deep.py",
        "mdwarfs/sub/lists/lines.tsv",
        "mdwarfs/found/one.py",
        "mdwarfs/found/two/__init__.py",
        "mdwarfs/sub/of_one.py",
    ],
)
def test_editing_what_the_script_uses_changes_its_digest(package, name):
    assert package(name)


@pytest.mark.parametrize(
    "name",
    [
        "mdwarfs/unused.py",
        "mdwarfs/listed/unused.py",
        "mdwarfs/named.py",  # imported for the types of signatures alone
    ],
)
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


@pytest.mark.parametrize("name", ["normalise_part", "read_files"])
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


def test_a_module_that_is_imported_by_its_name_counts(package, tmp_path):
    script = tmp_path / "script.py"
    alone = digest_of(script)
    assert digest.script_digest(script, "unused.py") != alone
    with pytest.raises(FileNotFoundError):
        digest.script_digest(script, "missing.py")


def test_what_cannot_change_a_result_does_not_count(package, tmp_path, monkeypatch):
    monkeypatch.setattr(digest, "SILENT", ("sub/deep.py",))
    assert not package("mdwarfs/sub/deep.py")
    assert package("mdwarfs/used.py")


@pytest.mark.parametrize("name", digest.SILENT)
def test_silent_modules_hold_no_number_and_touch_no_data(root, name):
    """They know nothing of arrays, tables or files of the run, nor of other modules.

    What they define is the names of errors, messages, and the order of what is handed
    through them.
    """
    tree = ast.parse((digest.PACKAGE / name).read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    modules = {other.removesuffix(".py").replace("/", ".") for other in digest.SILENT}
    silent = {f"mdwarfs.{module}" for module in modules}
    plain = {"logging", "os", "sys", "time", "pathlib", "typing", "collections.abc"}
    # It writes down what a step did, when it has ended (tests/provenance has more), and
    # logs what it used.
    told = {"mdwarfs.run.record", "mdwarfs.run.usage"}
    plain |= told if name == "run/job.py" else set()
    assert names <= plain | silent
    constants = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]
    assert set(constants) <= {"logger", "PathLike"}


def test_iteration_hands_on_what_it_is_given():
    items = [object() for _ in range(5)]
    assert list(track(items, "things")) == items


def test_nothing_is_computed_from_what_silent_modules_return(root):
    """Scripts and modules call them for what they do, not for a value."""
    code = [*(root / "scripts").glob("*.py"), *digest.PACKAGE.rglob("*.py")]
    values = set()
    for path in code:
        text = path.read_bytes()
        if b"mdwarfs.run.progress" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            module = getattr(node, "module", None)
            if module == "mdwarfs.run.progress":
                values.update(alias.name for alias in node.names)
    assert {"track"} <= values <= {"Progress", "track", "duration"}


ROOMS = [
    ("train_part", ("slam/infer/", "emulation/", "figures/", "simulation/")),
    ("predict_part", ("emulation/", "figures/", "simulation/")),
    ("audit_claims", ("simulation/", "figures/")),
    ("measure_sensitivity", ("simulation/", "recovery/", "figures/")),
    ("recover_truth", ("audit/", "figures/")),
]


@pytest.mark.parametrize(("script", "rooms"), ROOMS)
def test_a_step_does_not_depend_on_what_lies_in_another_room(root, script, rooms):
    files = {
        file.relative_to(digest.PACKAGE).as_posix()
        for file in digest.used(root / "scripts" / f"{script}.py")
    }
    assert {name for name in files if name.startswith(rooms)} == set()


def test_the_recovery_does_not_know_the_audit(root):
    for path in (digest.PACKAGE / "recovery").glob("*.py"):
        used = {file.parent.name for file in digest.used(path)}
        assert "audit" not in used, path.name


def test_a_figure_depends_on_its_own_module_and_on_no_other_figure(root):
    names = {figure.name for figure in registry.FIGURES}
    for name in names:
        files = digest.used(root / "scripts" / "figure.py", f"figures/{name}.py")
        assert {file.stem for file in files} & names == {name}
