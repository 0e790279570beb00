"""A digest of the library code that a script uses.

Snakemake re-runs a rule when its script changes, but it does not see the modules that
the script imports. The digest of these modules, passed as a parameter of the rule,
makes it see them. It leaves out the modules in `SILENT`, which cannot change a result.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from mdwarfs.types import PathLike

PACKAGE = Path(__file__).parents[1]

SILENT = ("errors.py", "run/job.py", "run/progress.py", "types.py")
"""Modules that cannot change a result: the names of errors and of types, the log of a
script, and what it says while it works. They hold no numbers and compute none."""

DEFINITION = re.compile(rb"^(?:def|class|async|@)", re.MULTILINE)
"""Where the top of a module ends, which has its imports."""
OF_IMPORTS = re.compile(rb"\bimport\b|__path__")

BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
"""Where statements hold statements."""


def script_digest(script: PathLike, *modules: str) -> str:
    """Digest of all modules of this package that a script imports, however indirectly.

    Files of other kinds (tables of constants, line lists) count for every module of
    the folder in which they stand.

    Parameters
    ----------
    script
        A Python file.
    *modules
        Modules that the script imports by names that are given to it: their paths below
        the package.

    Returns
    -------
    text
        The first 16 hexadecimal digits of a SHA-256.
    """
    files = used(script, *modules)
    sha = hashlib.sha256()
    for file in sorted(files):
        sha.update(str(file.relative_to(PACKAGE)).encode())
        sha.update(file.read_bytes())
    return sha.hexdigest()[:16]


def used(script: PathLike, *modules: str) -> set[Path]:
    """The files that make a script's digest.

    Parameters
    ----------
    script, *modules
        As for `script_digest`.

    Raises
    ------
    FileNotFoundError
        If there is no such script or module.
    """
    named = {PACKAGE / module for module in modules}
    files = {PACKAGE / "__init__.py", *named}
    silent = {PACKAGE / name for name in SILENT}
    queue = [Path(script), *named]
    while queue:
        for module in imported(queue.pop()) - silent:
            if module not in files:
                files.add(module)
                queue.append(module)
    for folder in {file.parent for file in files}:
        files.update(data_files(folder))
    return files


@cache
def data_files(folder: Path) -> tuple[Path, ...]:
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
def imported(file: PathLike) -> frozenset[Path]:
    """Modules of this package that one file imports, and the packages around them."""
    names = set()
    text = Path(file).read_bytes()
    tree = syntax(text)
    for node in executed(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    if b"__path__" in text:
        names |= looked_up(tree, names)
    return frozenset().union(*(located(PACKAGE, name) for name in names))


def syntax(text: bytes) -> ast.AST:
    """Syntax of a module, as far as there are imports in it.

    Most have theirs at the top. To parse the rest of these, too, would take most of the
    time in which Snakemake reads the rules.
    """
    top = DEFINITION.split(text, maxsplit=1)[0]
    if not OF_IMPORTS.search(text, len(top)):
        with suppress(SyntaxError):  # it ended within a text
            return ast.parse(top)
    return ast.parse(text)


@cache
def located(package: Path, name: str) -> frozenset[Path]:
    """The file of a module, and those of the packages around it; none of another's."""
    around, _, last = name.rpartition(".")
    if not around:
        return frozenset()
    found, parts = set(located(package, around)), around.split(".")
    if parts[0] == package.name:
        path = package.joinpath(*parts[1:], last)
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                found.add(file)
                break
    return frozenset(found)


def looked_up(tree: ast.AST, names: set[str]) -> set[str]:
    """Modules that a file finds by looking into a package that it imports.

    `pkgutil.iter_modules(package.__path__)` finds whatever lies there: such a file
    depends on all of it.

    Parameters
    ----------
    tree
        The file's syntax.
    names
        What it imports.
    """
    packages = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "__path__"
        if isinstance(node.value, ast.Name)
    }
    found = set()
    for name in names:
        first, *parts = name.split(".")
        if first == PACKAGE.name and parts and parts[-1] in packages:
            for module in PACKAGE.joinpath(*parts).iterdir():
                found.add(f"{name}.{module.stem}")
    return found


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """All statements of a syntax tree but those under `if TYPE_CHECKING:`.

    These never run: they name the types of a signature, on which no result depends.
    Expressions are passed over: they hold no import, and are most of a tree.
    """
    yield node
    for block in BLOCKS:
        if block == "body" and isinstance(node, ast.If) and is_type_checking(node.test):
            continue
        for statement in getattr(node, block, ()):
            yield from executed(statement)


def is_type_checking(test: ast.AST) -> bool:
    """Whether a condition is `TYPE_CHECKING`, by itself or as `typing`'s."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"
