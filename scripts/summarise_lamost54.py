"""What came of the leave-one-out predictions, in numbers and in words."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.lamost54.summary import report, summary


def main(snakemake):
    test, predictions, labels = (
        tables.read(getattr(snakemake.input, name))
        for name in ("test", "predictions", "labels")
    )
    tables.write(summary(test), snakemake.output.summary, snakemake.params.stamp)
    tables.write_text(snakemake.output.text, report(test, predictions, labels))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
