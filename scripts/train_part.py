"""Train SLAM at some of the pixels, on the training stars."""

from mdwarfs.job import run
from mdwarfs.slam.train.problem import part_of_pixels
from mdwarfs.slam.train.stars import read_training_stars, train


def main(snakemake):
    files, params, slam = snakemake.input, snakemake.params, snakemake.params.slam
    stars = read_training_stars(
        files.split, files.labels, files.spectra, slam["labels"]
    )
    source_id, _, spectra = stars
    number, parts = map(int, snakemake.wildcards.scatteritem.split("-of-"))
    model = train(
        stars,
        slam,
        part_of_pixels(
            number, parts, len(spectra.wavelength), len(source_id), slam["folds"]
        ),
        seed=params.seed,
        threads=snakemake.threads,
        normalisation=params.spectra,
    )
    model.write(snakemake.output.model, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
