"""Table 2: discrepancies between SLAM and other values."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.paper_tables.contents import table_2, table_2_latex
from mdwarfs.paper_tables.printing import write_csv, write_latex


def main(snakemake):
    table = table_2(tables.read(snakemake.input.summary))
    tables.write(table, snakemake.output.ecsv, snakemake.params.stamp)
    write_csv(snakemake.output.csv, table, snakemake.params.stamp)
    write_latex(
        snakemake.output.tex,
        *table_2_latex(table),
        r"Median $\pm$ standard deviation of SLAM minus literature values; for test "
        "stars, of SLAM minus their known labels; for M+M wide binaries, of primary "
        "minus secondary.",
        "tab:discrepancies",
        snakemake.params.stamp,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
