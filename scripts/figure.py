"""Draw one figure: that of the module that the rule names."""

from importlib import import_module

from mdwarfs import tables
from mdwarfs.figures import style
from mdwarfs.run.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    draw = import_module(f"mdwarfs.figures.{params.module}").draw
    given = {name: tables.read(path) for name, path in snakemake.input.items()}
    figure = draw(**given, **params.settings)
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
