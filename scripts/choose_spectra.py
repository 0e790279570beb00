"""Choose the candidates whose spectra are fetched: training, test and M+M stars."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.with_spectra import choose_for_spectra


def main(snakemake):
    chosen = choose_for_spectra(
        tables.read(snakemake.input.candidates),
        tables.read(snakemake.input.labels, ["source_id", "labelled"]),
        tables.read(snakemake.input.pairs, ["source_id1", "source_id2", "selected"]),
    )
    tables.write(chosen, snakemake.output.chosen, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
