"""SLAM labels against one catalogue, by the function that its entry names."""

from pkgutil import resolve_name

from mdwarfs import tables
from mdwarfs.run.job import run


def main(snakemake):
    params = snakemake.params
    comparison = resolve_name(params.function)(
        *(
            tables.read(snakemake.input[name])
            for name in ("reference", "catalogue", "candidates")
        ),
        params.key,
        params.labels,
        params.least,
    )
    tables.write(comparison, snakemake.output.comparison, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
