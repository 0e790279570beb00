"""Compare the catalogue with value-added catalogues of the same stars."""

from mdwarfs import tables
from mdwarfs.figures import differences, style
from mdwarfs.job import run
from mdwarfs.validation import value_added

HEADROOM = 1.4  # for the legend
TITLE = "Labels of the catalogue minus those from Gaia XP (Zhang et al. 2023)"


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    comparison = value_added.compare(
        *(
            tables.read(snakemake.input[name])
            for name in ("catalogue", "contin", "active")
        )
    )
    found = value_added.summarise(comparison, params.snr_edges)
    tables.write(comparison, output.comparison, params.stamp)
    tables.write(found, output.summary, params.stamp)
    used = comparison[comparison["used"]]
    figure = differences.draw(
        value_added.differences(used),
        used["snr"],
        found[found["sample"] == "used"],
        TITLE + (", simulated" if params.stamp["simulated"] else ""),
        headroom=HEADROOM,
    )
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
