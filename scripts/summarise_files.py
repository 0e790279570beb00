"""What came of a run on given spectra, in numbers and in words."""

from mdwarfs import tables
from mdwarfs.given.report import report_text
from mdwarfs.given.summary import Outcome, summary
from mdwarfs.given.summary_numbers import summary_numbers
from mdwarfs.run.job import run


def main(snakemake):
    given, output, params = snakemake.input, snakemake.output, snakemake.params
    names = ["test", "labels", "predictions", "methods", "pulls", "compared", "limits"]
    read = {x: tables.read(given.get(x)) if given.get(x) else None for x in names}
    outcome = Outcome(
        **read,
        names=params.names,
        run=params.stamp["run"],
        simulated=params.stamp["simulated"],
        validation=params.validation,
        velocity=params.velocity,
    )
    tables.write(summary(outcome.test, params.names), output.summary, params.stamp)
    tables.write(summary_numbers(outcome), output.numbers, params.stamp)
    tables.write_text(output.text, report_text(outcome))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
