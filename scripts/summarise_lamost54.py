"""What came of the leave-one-out predictions, in numbers and in words."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.lamost54_summary import report, summary


def main(snakemake):
    test, predictions, labels = (
        tables.read(getattr(snakemake.input, name))
        for name in ("test", "predictions", "labels")
    )
    tables.write(summary(test), snakemake.output.summary, snakemake.params.stamp)
    with tables.atomic(snakemake.output.text) as part:
        part.write_text(report(test, predictions, labels), encoding="utf-8")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
