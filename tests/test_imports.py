"""Every name that the library and the scripts import from the library is there.

The linter does not look into other modules, and an import within a function fails only
when that function runs.
"""

import ast
from importlib import import_module
from importlib.util import find_spec

from mdwarfs.run.digest import PACKAGE


def missing(file):
    """What a file imports from this package that no module has."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            PACKAGE.name
        ):
            module = import_module(node.module)
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                in_package = hasattr(module, "__path__") and find_spec(name)
                if not hasattr(module, alias.name) and not in_package:
                    yield f"{file.name}: {name}"


def test_names_that_are_imported_exist(root):
    files = [*PACKAGE.rglob("*.py"), *(root / "scripts").glob("*.py")]
    assert len(files) > 100
    assert [name for file in files for name in missing(file)] == []


def test_a_name_that_does_not_exist_is_noticed(tmp_path):
    file = tmp_path / "module.py"
    file.write_text("def f():\n    from mdwarfs.errors import InputError, Absent\n")
    assert list(missing(file)) == ["module.py: mdwarfs.errors.Absent"]
