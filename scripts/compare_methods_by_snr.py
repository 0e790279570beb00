"""SLAM, the hybrid labels and other methods by label and SNR, on the same stars."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.methods_by_snr import methods_by_snr


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    table = methods_by_snr(
        tables.read(files.slam),
        tables.read(files.methods),
        tables.read(files.labels),
        tables.read(files.split),
        tables.read(files.truth) if files.truth else None,
        names=params.names,
        role=params.role,
        edges=params.snr_edges,
        seed=params.seed,
    )
    tables.write(table, snakemake.output.methods, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
