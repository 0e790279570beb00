"""What the library and the scripts import: names that are there, and no circles.

The linter does not look into other modules, and an import within a function fails only
when that function runs.
"""

import ast
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.util import find_spec

import pytest

from mdwarfs.run.digest import PACKAGE

STATEMENTS = ast.stmt, ast.excepthandler, ast.match_case
"""And what of them holds others: imports are none of the expressions, of which there
are most."""


@pytest.fixture(scope="module")
def trees(root):
    """The modules of the library and the scripts, parsed."""
    files = [*PACKAGE.rglob("*.py"), *(root / "scripts").glob("*.py")]
    return {file: ast.parse(file.read_bytes()) for file in files}


def imported(tree, annotations=True):
    """Names of modules of this package that are imported, and what of them.

    Without `annotations`, only what the code itself needs.
    """
    nodes = [tree]
    for node in nodes:
        if annotations or not is_for_types(node):
            inside = ast.iter_child_nodes(node)
            nodes.extend(child for child in inside if isinstance(child, STATEMENTS))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            PACKAGE.name
        ):
            for alias in node.names:
                yield node.module, alias.name
        if isinstance(node, ast.Import):
            for alias in node.names:
                module, _, what = alias.name.rpartition(".")
                if module.startswith(PACKAGE.name):
                    yield module, what


def is_for_types(node):
    """Whether a part of a module holds what is imported for annotations alone."""
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"


def missing(tree):
    """What a module imports from this package that no module has."""
    for name, what in imported(tree):
        module = import_module(name)
        in_package = hasattr(module, "__path__") and find_spec(f"{name}.{what}")
        if not hasattr(module, what) and not in_package:
            yield f"{name}.{what}"


def test_names_that_are_imported_exist(trees):
    assert len(trees) > 100
    found = {str(file): [*missing(tree)] for file, tree in trees.items()}
    assert {name: lacking for name, lacking in found.items() if lacking} == {}


def test_a_name_that_does_not_exist_is_noticed():
    tree = ast.parse("def f():\n    from mdwarfs.errors import InputError, Absent\n")
    assert list(missing(tree)) == ["mdwarfs.errors.Absent"]
    tree = ast.parse("import numpy, mdwarfs.errors, mdwarfs.absent as errors")
    assert list(missing(tree)) == ["mdwarfs.absent"]


def folders(trees):
    """The other folders of the library that each of them imports.

    Modules beside them, as that of the configuration, may ask any folder's registry.
    """
    found = {path.name: set() for path in PACKAGE.iterdir() if path.is_dir()}
    for file, tree in trees.items():
        if PACKAGE in file.parents and file.parent != PACKAGE:
            own = file.relative_to(PACKAGE).parts[0]
            names = imported(tree, annotations=False)
            others = {f"{name}.{what}".split(".")[1] for name, what in names}
            found[own] |= others & found.keys() - {own}
    return found


def test_folders_do_not_import_each_other_in_circles(trees):
    graph = folders(trees)
    assert {"tables", "run"} <= graph["slam"] and len(graph) > 20
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the folders
    with pytest.raises(CycleError):
        TopologicalSorter(graph | {"tables": {"slam"}}).prepare()
