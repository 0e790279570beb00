"""Train the regressor at some of the pixels, on the training stars."""

from mdwarfs.run.job import run
from mdwarfs.slam.train.stars import read_training_stars, train


def main(snakemake):
    files, params, slam = snakemake.input, snakemake.params, snakemake.params.slam
    number, parts = map(int, snakemake.wildcards.scatteritem.split("-of-"))
    model = train(
        read_training_stars(files.split, files.labels, files.spectra, slam["labels"]),
        slam,
        number=number,
        parts=parts,
        seed=params.seed,
        threads=snakemake.threads,
        normalisation=params.spectra,
    )
    model.write(snakemake.output.model, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
