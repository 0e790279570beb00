"""Ask VizieR for the labels of Birky+2020."""

from mdwarfs.archives import vizier
from mdwarfs.archives.birky import birky
from mdwarfs.archives.patience import Limits
from mdwarfs.run.job import run


def main(snakemake):
    source = snakemake.params.source
    service = vizier.service(
        source["address"], Limits(**snakemake.params.limits).of(source)
    )
    birky(service, source, snakemake.output.file)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
