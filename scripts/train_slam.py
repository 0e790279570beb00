"""Gather the pixels that were trained on into the model."""

from mdwarfs.job import run
from mdwarfs.slam.model import Slam
from mdwarfs.slam.train.problem import report


def main(snakemake):
    model = Slam.joined([Slam.read(part) for part in snakemake.input.parts])
    report(model.pixels, model.grid)
    model.write(snakemake.output.model, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
