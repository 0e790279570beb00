"""Where the commands write, and where they refuse to, before the work is done."""

import argparse

import pytest

from mdwarfs import cli
from mdwarfs.tables.export import FORMS
from tests.command_line import status

OUTPUTS = {
    "archives check": {"--json"},
    "compare": {"--json", "--html"},
    "datamodel": {"--output"},
    "export": {"--output"},
    "predict": {"--output"},
    "show": {"--output"},
}
SUFFIXES = {"show": ".pdf", "predict": ".fits", "export": FORMS[0]}


def options_of(parser):
    """Each option of the commands of a parser that takes a file to write."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from options_of(command)
        elif action.nargs != 0 and action.dest in ("output", "json", "html"):
            yield parser.prog.removeprefix("mdwarfs "), action


WRITING = [
    pytest.param(command, option, id=f"{command} {option.option_strings[-1]}")
    for command, option in options_of(cli.parser())
]


@pytest.fixture
def made(tmp_path):
    """A folder of a run."""
    for name in ("audit", "slam"):
        (tmp_path / "made" / name).mkdir(parents=True)
    (tmp_path / "made" / "audit" / "config.yaml").write_text("run: made")
    return tmp_path / "made"


def test_the_commands_that_write_are_all_looked_at():
    found = {}
    for param in WRITING:
        command, option = param.values
        found.setdefault(command, set()).add(option.option_strings[-1])
    assert found == OUTPUTS


@pytest.mark.parametrize(("command", "option"), WRITING)
def test_no_command_writes_into_a_run(command, option, made, tmp_path):
    name = "file" + SUFFIXES.get(command, ".txt")
    (tmp_path / "link").symlink_to(made / "slam")
    (made / "slam" / name).symlink_to(tmp_path / "elsewhere")
    for place in (made, made / "slam", tmp_path / "link"):
        with pytest.raises(argparse.ArgumentTypeError) as refused:
            option.type(str(place / name))
        assert f"would lie among the parts of the run {made}," in str(refused.value)
    assert option.type(str(tmp_path / name)) == tmp_path / name


def test_a_page_does_not_take_the_place_of_a_model(made, capsys):
    model = made / "slam" / "model.fits"
    model.write_text("of the run")
    assert status("datamodel", made, "-o", model) == 2
    assert "choose another folder" in capsys.readouterr().err
    assert model.read_text() == "of the run"


LONG = 300 * "n"
SAID = "File name too long", "no folder", "is a folder", "Is a directory"


@pytest.mark.parametrize(
    "arguments",
    [
        ("datamodel", LONG),
        ("compare", LONG, "."),
        ("export", LONG, "-o", "a.csv"),
        ("trace", "teff", "--run", LONG),
        ("show", "star", "--run", LONG),
        ("predict", "--run", LONG, "star.fits"),
        ("predict", "--model", LONG, "star.fits"),
        ("datamodel", ".", "-o", f"{LONG}/page.md"),
        ("predict", "--model", "", "star.fits"),
        ("predict", "--model", "/", "star.fits"),
        ("show", __file__, "--model", ""),
    ],
)
def test_names_that_no_file_can_have_are_no_fault_of_the_program(
    arguments, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert status(*arguments) == 2
    said = capsys.readouterr().err
    assert "fault of the program" not in said
    assert any(x in said for x in SAID)
    assert not list(tmp_path.iterdir())


def test_a_link_to_itself_is_replaced_and_no_fault(tmp_path, capsys):
    loop = tmp_path / "loop.fits"
    loop.symlink_to(loop)
    model, spectrum = tmp_path / "model.fits", tmp_path / "star.fits"
    assert status("predict", "--model", model, "--output", loop, spectrum) == 2
    assert f"{model} is not a SLAM model" in capsys.readouterr().err
