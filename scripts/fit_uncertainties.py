"""CV bias and scatter of the labels against SNR, and their power laws."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation.snr_scale import add_scale
from mdwarfs.validation.uncertainty import fit_power_laws, labels_of, snr_bins


def main(snakemake):
    test = tables.read(snakemake.input.test)
    bins = snr_bins(test, snakemake.params.min_per_bin)
    laws = fit_power_laws(bins, labels_of(test))
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        add_scale(laws, spectra.stars, test["source_id"])
    for table in (bins, laws):
        table.meta |= seals.marks_of(test)
    tables.write(bins, snakemake.output.bins, snakemake.params.stamp)
    tables.write(laws, snakemake.output.power_laws, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
