"""CV bias and scatter of the labels against SNR, and their power laws."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.uncertainty import fit_power_laws, labels_of, snr_bins


def main(snakemake):
    test = tables.read(snakemake.input.test)
    bins = snr_bins(test, snakemake.params.min_per_bin)
    laws = fit_power_laws(bins, labels_of(test))
    tables.write(bins, snakemake.output.bins, snakemake.params.stamp)
    tables.write(laws, snakemake.output.power_laws, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
