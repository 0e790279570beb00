"""Compare the catalogue with value-added catalogues of the same stars."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation import value_added


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    comparison = value_added.compare(
        *(
            tables.read(snakemake.input[name])
            for name in ("catalogue", "contin", "active")
        )
    )
    found = value_added.summarise(comparison, params.snr_edges)
    tables.write(comparison, output.comparison, params.stamp)
    tables.write(found, output.summary, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
