"""Show which variant comes nearest to the released labels."""

from mdwarfs import tables
from mdwarfs.emulation import report
from mdwarfs.emulation.accuracy import accuracy
from mdwarfs.figures import experiment_emulation, style
from mdwarfs.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    found = accuracy(
        tables.read(snakemake.input.labels),
        tables.read(snakemake.input.released),
        params.usable,
        params.snr_edges,
        key="sdss_id",
    )
    text = report.write(found, "the released labels", **params.stamp)
    tables.write(found, output.accuracy, params.stamp)
    tables.write_text(output.text, text)
    style.save(experiment_emulation.draw(found), output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
