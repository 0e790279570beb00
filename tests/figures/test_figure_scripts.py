"""The registry of the figures, and the one script that draws them."""

import inspect
from importlib import import_module

import pytest

from mdwarfs import tables as files
from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.figures import registry

FIGURES = {figure.name: figure for figure in registry.FIGURES}


@pytest.fixture(scope="module")
def settings(config):
    """The configuration, and what follows from it."""
    return config | {"sdss": RELEASES[19], "release": 19, "simulated": True}


@pytest.mark.parametrize("name", FIGURES)
def test_entry_gives_what_draw_takes(name, settings):
    figure = FIGURES[name]
    draw = import_module(f"mdwarfs.figures.{name}").draw
    given = {**figure.inputs("results/test", True), **figure.values(settings)}
    inspect.signature(draw).bind(**given)
    inspect.signature(draw).bind(
        **figure.inputs("results/test", False), **figure.values(settings)
    )


def test_every_module_that_draws_has_an_entry_of_its_own(root):
    folder = root / "workflow" / "mdwarfs" / "figures"
    prefixes = ("figure_", "files_", "diagnostic_", "experiment_")
    modules = {path.stem for path in folder.glob("*.py")}
    assert {name for name in modules if name.startswith(prefixes)} == set(FIGURES)
    assert len(FIGURES) == len(registry.FIGURES)
    for figure in registry.FIGURES:
        assert figure.needs in registry.NEEDS
        assert figure.caption.endswith(".")


def test_a_run_has_the_figures_whose_needs_it_meets():
    has = {need: need in ("", "survey") for need in registry.NEEDS}
    paper = registry.named(registry.PAPER, has)
    assert paper == [f"figure_{number:02d}" for number in range(1, 13)]
    experiments = ["experiment_methods", "experiment_label_errors"]
    assert registry.named(registry.EXPERIMENT, has) == experiments
    only = {need: need == "" for need in registry.NEEDS}
    assert registry.named(registry.PAPER, only) == []
    assert registry.named(registry.GIVEN, has) == []
    given = {need: need in ("", "files") for need in registry.NEEDS}
    of_files = ["files_labels", "files_scatter", "files_methods", "files_pulls"]
    assert registry.named(registry.GIVEN, given) == of_files


def test_a_setting_that_the_configuration_lacks_is_named(config):
    figure = registry.Figure("x", registry.PAPER, "X.", {}, {"a": "figures.nothing"})
    with pytest.raises(KeyError, match="x: the configuration has no figures.nothing"):
        figure.values(config)


@pytest.mark.dag
def test_script_writes_both_files(run_script, tmp_path, tables, settings, stamp):
    figure = FIGURES["files_scatter"]  # of several tables, and with settings
    settings = settings | {"slam": {"labels": ["teff"]}}
    paths = {argument: tmp_path / f"{argument}.fits" for argument in figure.tables}
    for argument, path in paths.items():
        table = tables[argument].copy()
        for column in table.colnames:
            table[column].info.description = "of a test"
        files.write(table, path, stamp)
    pdf, png = tmp_path / "figure.pdf", tmp_path / "figure.png"
    params = {"module": figure.name, "settings": figure.values(settings)}
    run_script("figure", paths, {"pdf": pdf, "png": png}, params)
    assert pdf.read_bytes().startswith(b"%PDF")
    assert png.read_bytes().startswith(b"\x89PNG")
