"""Show what each ingredient of Astra 0.6.0 costs: every variant against the truth."""

from mdwarfs import tables
from mdwarfs.emulation import report
from mdwarfs.emulation.accuracy import accuracy
from mdwarfs.figures import experiment_emulation, style
from mdwarfs.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    truth = tables.read(snakemake.input.truth)
    found = accuracy(
        tables.read(snakemake.input.labels),
        truth[truth["injected"] == ""],
        params.usable,
        params.snr_edges,
    )
    text = report.write(found, "the injected truth", **params.stamp)
    tables.write(found, output.accuracy, params.stamp)
    tables.write_text(output.text, text)
    style.save(experiment_emulation.draw(found), output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
