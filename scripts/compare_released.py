"""Compare the catalogue with the released labels, on their common stars."""

from mdwarfs import tables
from mdwarfs.figures import differences, style
from mdwarfs.job import run
from mdwarfs.validation import released_labels

TITLE = "This run's labels minus the released ones (Astra {})"


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    comparison = released_labels.compare_released(
        tables.read(snakemake.input.catalogue), tables.read(snakemake.input.released)
    )
    found = released_labels.summarise_released(comparison, params.snr_edges)
    tables.write(comparison, output.comparison, params.stamp)
    tables.write(found, output.summary, params.stamp)
    used = comparison[comparison["used"]]
    figure = differences.draw(
        released_labels.differences(used),
        used["snr"],
        found[found["sample"] == "usable"],
        TITLE.format(params.astra)
        + (", which are simulated too" if params.stamp["simulated"] else ""),
    )
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
