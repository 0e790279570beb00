"""Docstrings and signatures of the library's public functions, classes and methods.

A signature has the types; its docstring says shapes, units and meaning.
"""

import ast
import importlib
import re
from functools import cached_property

import pytest

from mdwarfs.run import digest

pytestmark = pytest.mark.dag  # for the parsing of the whole library

# Checks of numpydoc that every docstring passes.
HELD = {
    "GL01",  # the summary starts right after the quotes
    "GL02",  # the quotes that close several lines have their own
    "GL03",  # no double blank lines
    "GL05",  # no tabs
    "GL06",  # no unknown sections
    "GL07",  # sections in numpydoc's order
    "GL08",  # there is a docstring
    "GL09",  # a deprecation comes first
    "GL10",  # directives have two colons
    "SS01",  # there is a summary
    "SS03",  # it ends with a period
    "SS04",  # it is not indented
    "SS06",  # it fits in a line
    "PR02",  # parameters that are documented are in the signature
    "PR05",  # what follows the colon has no period
    "PR06",  # int, bool and str are called so
    "PR09",  # descriptions end with a period
    "PR10",  # colons stand between spaces
    "RT05",
    "SA02",  # what a See Also says is a sentence
    "SA03",
    "SA04",
}

# Checks that are not held, and why.
EXEMPT = {
    "SS02": "a name keeps its case at the beginning of a sentence",
    "SS05": "takes a plural noun for a verb: summaries say what is returned",
    "ES01": "a function that its summary explains needs no more",
    "PR01": "a parameter that its name and its type explain needs no entry",
    "PR03": "a test of our own asks for the order, also of some of the parameters",
    "PR04": "types stand in the signature",
    "PR07": "a shape may be all that is to be said",
    "PR08": "a name keeps its case at the beginning of a sentence",
    "RT01": "the summary and the signature may say all",
    "RT02": "several values of a tuple are told apart by their names",
    "RT03": "a shape may be all that is to be said",
    "RT04": "a name keeps its case at the beginning of a sentence",
    "YD01": "the summary and the signature may say all",
    "SA01": "references stand in the text",
    "EX01": "tests are the examples",
}

# Words for types that a signature has.
TYPES = re.compile(
    r"\b(ndarray|array_like|path-like|callable|optional|astropy\.table|mdwarfs\.[\w.]+"
    r"|(dict|list|tuple|sequence|set|iterable) of)\b"
)


def public(tree):
    """Public functions, classes and methods, as dotted names with their nodes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for name, inner in public(node):
                    yield f"{node.name}.{name}", inner


def parsed():
    for path in sorted(digest.PACKAGE.rglob("*.py")):
        place = path.relative_to(digest.PACKAGE.parent).with_suffix("")
        module = ".".join(place.parts).removesuffix(".__init__")
        for name, node in public(ast.parse(path.read_bytes())):
            yield module, name, node


@pytest.fixture
def validation():
    """numpydoc's module of checks."""
    return pytest.importorskip("numpydoc.validate")


@pytest.fixture(scope="module")
def library():
    """Everything public, as module, name and node."""
    return list(parsed())


@pytest.fixture(scope="module")
def functions(library):
    return [one for one in library if isinstance(one[2], ast.FunctionDef)]


def loaded(module, name):
    """The object of a dotted name; a property's function, that it be seen as one."""
    found = importlib.import_module(module)
    for part in name.split("."):
        found = vars(found)[part]
    if isinstance(found, cached_property):
        return found.func
    if isinstance(found, property):
        return found.fget
    return getattr(found, "__func__", found)


def takes_over(module, name):
    """Whether a method without a docstring has that of the method that it overrides."""
    owner, _, method = name.rpartition(".")
    if not owner or loaded(module, name).__doc__:
        return False
    bases = loaded(module, owner).__mro__[1:]
    return any(method in vars(base) for base in bases)


def entries(docstring, section):
    """The lines of a section of a docstring that name a parameter or a result."""
    match = re.search(rf"(?m)^{section}\n-+\n((?:.+\n?|\n(?! *\S+\n-))*)", docstring)
    return re.findall(r"(?m)^\S.*$", match[1]) if match else []


def test_every_check_of_numpydoc_is_held_or_exempt_with_a_reason(validation):
    assert HELD.isdisjoint(EXEMPT)
    assert HELD | EXEMPT.keys() == validation.ERROR_MSGS.keys()


def test_docstrings_pass_the_checks_of_numpydoc(library, validation, monkeypatch):
    # No comment exempts from a check; and neither lines nor what returns is asked for,
    # for which numpydoc would parse the source of every function.
    monkeypatch.setattr(
        validation, "extract_ignore_validation_comments", lambda path: {}
    )
    for costly in ("source_file_def_line", "method_returns_something"):
        monkeypatch.setattr(validation.Validator, costly, None)
    found = []
    for module, name, _ in library:
        document = validation.get_doc_object(loaded(module, name))
        found += [
            f"{module}.{name}: {code} {words}"
            for code, words in validation.validate(document)["errors"]
            if code in HELD and not (code == "GL08" and takes_over(module, name))
        ]
    assert not found, "\n".join(found)


def test_parameters_stand_in_the_order_of_the_signature(functions):
    """Entries do, by the first of their names."""
    found = []
    for module, name, node in functions:
        a = node.args
        every = [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg]
        order = [argument.arg for argument in every if argument]
        listed = [
            re.match(r"[*\\]*(\w+)", entry)[1]
            for entry in entries(ast.get_docstring(node) or "", "Parameters")
        ]
        if listed != [argument for argument in order if argument in listed]:
            found.append(f"{module}.{name}: {listed}")
    assert not found, "\n".join(found)


def test_signatures_have_all_types(functions):
    found = []
    for module, name, node in functions:
        a = node.args
        every = [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg]
        found += [
            f"{module}.{name}: {argument.arg}"
            for place, argument in enumerate(filter(None, every))
            if not argument.annotation
            and not (place == 0 and argument.arg in ("self", "cls"))
        ]
        if node.returns is None:
            found.append(f"{module}.{name}: what it returns")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("section", ["Parameters", "Returns", "Yields", "Attributes"])
def test_docstrings_do_not_repeat_types(library, section):
    found = [
        f"{module}.{name}: {entry}"
        for module, name, node in library
        for entry in entries(ast.get_docstring(node) or "", section)
        if TYPES.search(entry.rpartition(" : ")[2] if " : " in entry else entry)
        and not entry.isidentifier()
    ]
    assert not found, "\n".join(found)


def test_the_sections_of_a_docstring_are_found():
    docstring = """Summary.

Parameters
----------
path : path-like
    Where.

flux, ivar : shape (n,)

Returns
-------
list of str
    Names.
"""
    assert entries(docstring, "Parameters") == [
        "path : path-like",
        "flux, ivar : shape (n,)",
    ]
    assert entries(docstring, "Returns") == ["list of str"]
    assert entries(docstring, "Attributes") == []
