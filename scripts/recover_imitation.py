"""Show what each ingredient of Astra 0.6.0 costs: every variant against the truth."""

from mdwarfs import tables
from mdwarfs.figures import experiment_imitation, style
from mdwarfs.imitation import report
from mdwarfs.imitation.accuracy import accuracy
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
    tables.write(found, output.accuracy, params.stamp)
    with tables.atomic(output.text) as part:
        part.write_text(
            report.write(found, "the injected truth", **params.stamp), encoding="utf-8"
        )
    style.save(experiment_imitation.draw(found), output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
