"""pyproject.toml, requirements.lock and environment.yml describe one environment."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CONDA_NAMES = {"matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}
REQUIRED = {
    "snakemake",
    "numpy",
    "scipy",
    "scikit-learn",
    "astropy",
    "astroquery",
    "matplotlib",
    "pandas",
}


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def declared(project):
    requirements = map(Requirement, project["dependencies"])
    return {canonicalize_name(r.name): r.specifier for r in requirements}


@pytest.fixture(scope="module")
def lock(root):
    return (root / "requirements.lock").read_text()


def pins(lock):
    for line in re.findall(r"^([A-Za-z0-9].*?) *\\$", lock, flags=re.M):
        yield Requirement(line)


def test_the_required_packages_are_declared(declared):
    assert REQUIRED <= set(declared)


def test_conda_asks_for_what_pip_asks_for(root, declared, project):
    environment = yaml.safe_load((root / "environment.yml").read_text())
    conda = {}
    for entry in environment["dependencies"]:
        name, _, specifier = entry.partition(" ")
        conda[CONDA_NAMES.get(name, name)] = specifier
    conda.pop("pip")
    python = conda.pop("python")
    assert python == project["requires-python"]
    assert conda == by_lower_bound(declared)


def by_lower_bound(declared):
    """Specifiers written with the lower bound first, as environment.yml has them."""
    return {
        name: ",".join(sorted(map(str, spec), reverse=True))
        for name, spec in declared.items()
    }


def test_the_lock_satisfies_every_declaration(lock, project, declared):
    optional = project["optional-dependencies"]["dev"]
    wanted = declared | {
        Requirement(r).name: Requirement(r).specifier for r in optional
    }
    pinned = {}
    for pin in pins(lock):
        (specifier,) = pin.specifier
        assert specifier.operator == "=="
        pinned.setdefault(canonicalize_name(pin.name), []).append(specifier.version)
    for name, specifier in wanted.items():
        assert name in pinned, name
        assert all(specifier.contains(Version(v)) for v in pinned[name]), name


@pytest.mark.parametrize("python", ["3.11.9", "3.12.4", "3.13.1"])
def test_each_python_has_one_pin_of_each_dependency(lock, declared, python):
    environment = {
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
        "sys_platform": "linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    names = [
        canonicalize_name(pin.name)
        for pin in pins(lock)
        if pin.marker is None or pin.marker.evaluate(environment)
    ]
    assert len(names) == len(set(names))
    assert set(declared) <= set(names)


def test_every_pin_has_hashes_and_there_is_no_index_address(lock):
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.M)[1:]
    assert len(blocks) > 50
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in lock
