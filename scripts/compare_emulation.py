"""Hold every variant of the emulation against the truth or the released labels."""

import numpy as np

from mdwarfs import tables
from mdwarfs.emulation import report
from mdwarfs.emulation.accuracy import accuracy
from mdwarfs.run.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    reference = tables.read(snakemake.input.reference)
    if "injected" in reference.colnames:  # of the truth: only what is as it should be
        reference = reference[np.asarray(reference["injected"]) == ""]
    found = accuracy(
        tables.read(snakemake.input.labels),
        reference,
        params.usable,
        params.snr_edges,
        key=params.key,
    )
    tables.write(found, output.accuracy, params.stamp)
    text = report.write(
        found, params.reference, params.stamp["run"], params.stamp["simulated"]
    )
    tables.write_text(output.text, text)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
