"""Train SLAM with folds in the order of the stars."""

from mdwarfs.run.job import run
from mdwarfs.slam.train.stars import read_training_stars, train


def main(snakemake):
    files, params, slam = snakemake.input, snakemake.params, snakemake.params.slam
    model = train(
        read_training_stars(files.split, files.labels, files.spectra, slam["labels"]),
        {**slam, "fold_assignment": "contiguous"},
        seed=params.seed,
        threads=snakemake.threads,
        normalisation=params.spectra,
    )
    model.write(snakemake.output.model, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
