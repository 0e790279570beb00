"""Labels and normalised spectra of 54 real M dwarfs observed by LAMOST."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.lamost54.sample import read_labels, read_sample, training_split


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    spectra, labels = read_sample(
        read_labels(snakemake.input.labels),
        params.folder,
        params.spectra,
        params.criteria,
    )
    spectra.write(output.spectra, params.stamp)
    tables.write(labels, output.labels, params.stamp)
    tables.write(training_split(labels), output.split, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
