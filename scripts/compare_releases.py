"""Compare the labels of two data releases, on their common stars."""

from mdwarfs import tables
from mdwarfs.figures import differences, style
from mdwarfs.job import run
from mdwarfs.validation import releases

HEADROOM = 1.4  # for the legend
TITLE = "Released SLAM labels: DR{} minus DR{}, the same stars"


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    new, old = (tables.read(snakemake.input[name]) for name in ("new", "old"))
    comparison = releases.compare(new, old)
    found = releases.summarise(comparison, params.snr_edges)
    tables.write(comparison, output.comparison, params.stamp)
    tables.write(releases.count(comparison, new, old), output.counts, params.stamp)
    tables.write(found, output.summary, params.stamp)
    used = comparison[comparison["used"]]
    figure = differences.draw(
        releases.differences(used),
        used["snr"],
        found[found["sample"] == "unflagged"],
        TITLE.format(*params.releases)
        + (" (simulated)" if params.stamp["simulated"] else ""),
        headroom=HEADROOM,
    )
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
