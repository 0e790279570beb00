"""The catalogue of hybrid labels, and what to use which catalogue for."""

from mdwarfs import tables
from mdwarfs.hybrid.catalogue_readme import readme
from mdwarfs.hybrid.stars import publish
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.validation.catalogue import FROM_CANDIDATES, FROM_GIVEN


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    predictions, held_out = tables.read(files.predictions), tables.read(files.held_out)
    catalogue = publish(
        tables.read(files.stars),
        predictions,
        held_out,
        FROM_GIVEN if params.given else FROM_CANDIDATES,
    )
    catalogue.meta |= seals.shared_marks(
        {files.predictions: predictions, files.held_out: held_out}
    )
    tables.write(catalogue, snakemake.output.catalogue, params.stamp)
    tables.write_text(snakemake.output.text, readme(params.stamp))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
