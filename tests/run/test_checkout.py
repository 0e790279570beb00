import subprocess
import sys

import pytest

from mdwarfs import software as running
from mdwarfs.run import environment


@pytest.fixture
def repository(tmp_path):
    """A checkout of one commit, which holds a Snakefile and a lock."""
    files = {"Snakefile": "rule all:\n", "requirements.lock": "", "workflow/a.py": ""}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    who = ["-c", "user.name=x", "-c", "user.email=x@y"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    return tmp_path


def checkout(root):
    """As another process finds it."""
    running.software.cache_clear()
    return environment.checkout(root)


def test_a_checkout_says_its_commit_and_what_is_changed(repository):
    found = checkout(repository)
    assert len(found["commit"]) == 40 and found["changed"] == []
    assert len(found["lock"]) == 64
    (repository / "workflow" / "a.py").write_text("x = 1\n")
    (repository / "workflow" / "new.py").write_text("")
    (repository / "notes.txt").write_text("no code\n")
    changed = checkout(repository)
    assert changed["commit"] == found["commit"]
    assert changed["changed"] == ["workflow/a.py", "workflow/new.py"]


def test_code_in_another_repository_is_no_checkout_of_it(repository):
    inside = repository / "unpacked"
    inside.mkdir()
    (inside / "Snakefile").write_text("rule all:\n")
    found = checkout(inside)
    assert (found["commit"], found["changed"], found["lock"]) == (None, [], None)


def test_packages_have_the_versions_that_they_say_themselves():
    import numpy
    import yaml

    found = environment.packages(sys.path)
    assert found["numpy"] == numpy.__version__
    assert found["pyyaml"] == yaml.__version__
    assert environment.environment()["python"] == sys.version.split()[0]
