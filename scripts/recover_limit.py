"""How near to the least possible error the labels of simulated stars come."""

from mdwarfs import tables
from mdwarfs.method_names import HYBRID, SLAM
from mdwarfs.recovery import limit
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    with SpectrumSet.open(files.spectra) as spectra:
        table = limit.recover(
            spectra,
            tables.read(files.truth),
            tables.read(files.split),
            {SLAM: tables.read(files.slam), HYBRID: tables.read(files.hybrid)},
            params.labels,
            continuum=params.continuum,
            edges=params.snr_edges,
            seed=params.seed,
            threads=snakemake.threads,
        )
    tables.write(table, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
