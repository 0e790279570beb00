"""Train SLAM at some of the pixels, on the training stars."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.slam.model import fit
from mdwarfs.slam.sample import training_stars
from mdwarfs.slam.training import part_of_pixels
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    slam = snakemake.params.slam
    split = tables.read(snakemake.input.split, columns=["source_id", "role"])
    stars, labels, spectra = training_stars(
        split["source_id"][split["role"] == "train"],
        tables.read(snakemake.input.labels, columns=["source_id", *slam["labels"]]),
        SpectrumSet.read(snakemake.input.spectra),
        slam["labels"],
    )
    number, parts = map(int, snakemake.wildcards.scatteritem.split("-of-"))
    part = part_of_pixels(
        number, parts, len(spectra.wavelength), len(stars), slam["folds"]
    )
    model = fit(
        labels,
        spectra.flux[:, part],
        spectra.ivar[:, part],
        label_names=slam["labels"],
        wavelength=spectra.wavelength[part],
        grid=slam["grid"],
        folds=slam["folds"],
        fold_assignment=slam["fold_assignment"],
        seed=snakemake.params.seed,
        block=slam["block"],
        threads=snakemake.threads,
        source_id=stars,
        normalisation=snakemake.params.spectra,
    )
    model.write(snakemake.output.model, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
