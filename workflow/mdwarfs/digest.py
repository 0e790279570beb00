"""A digest of the library code that a script uses.

Snakemake re-runs a rule when its script changes, but it does not see the modules that
the script imports. The digest, passed as a parameter of the rule, makes it see them:
those modules, and no others.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


def script_digest(script):
    """Digest of all modules of this package that a script imports, however indirectly.

    Files of other kinds (tables of constants, line lists) count for every module of
    the folder in which they stand.

    Parameters
    ----------
    script : path-like
        A Python file.

    Returns
    -------
    str
        The first 16 hexadecimal digits of a SHA-256.
    """
    files = {PACKAGE / "__init__.py"}
    queue = [Path(script)]
    while queue:
        for module in imported(queue.pop()):
            if module not in files:
                files.add(module)
                queue.append(module)
    for folder in {file.parent for file in files}:
        files.update(data_files(folder))
    sha = hashlib.sha256()
    for file in sorted(files):
        sha.update(str(file.relative_to(PACKAGE)).encode())
        sha.update(file.read_bytes())
    return sha.hexdigest()[:16]


@cache
def data_files(folder):
    """Files beside the code of a package folder, also in its folders without code."""
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.is_file() and entry.suffix != ".py":
            found.append(entry)
        elif entry.is_dir() and entry.name != "__pycache__":
            if not (entry / "__init__.py").exists():
                found.extend(data_files(entry))
    return tuple(found)


@cache
def imported(file):
    """Modules of this package that one file imports, and the packages around them."""
    names = set()
    for node in executed(ast.parse(Path(file).read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    found = set()
    for name in names:
        parts = name.split(".")
        if parts[0] != PACKAGE.name:
            continue
        path = PACKAGE
        for part in parts[1:]:
            path = path / part
            if (path / "__init__.py").is_file():
                found.add(path / "__init__.py")
            elif path.with_suffix(".py").is_file():
                found.add(path.with_suffix(".py"))
    return frozenset(found)


def executed(node):
    """All nodes of a syntax tree but those under `if TYPE_CHECKING:`.

    These never run: they name the types of a signature, on which no result depends.
    """
    yield node
    for field, value in ast.iter_fields(node):
        if field == "body" and isinstance(node, ast.If) and is_type_checking(node.test):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from executed(child)


def is_type_checking(test):
    """Whether a condition is `TYPE_CHECKING`, by itself or as `typing`'s."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"
