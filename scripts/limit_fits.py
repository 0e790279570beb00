"""What a sound spectrum gives at its SNR, by the training stars."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.validation.fit_limits import learn_limits


def main(snakemake):
    held_out = tables.read(snakemake.input.held_out)
    limits = learn_limits(held_out, snakemake.params.names)
    limits.meta |= seals.marks_of(held_out)
    tables.write(limits, snakemake.output.limits, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
