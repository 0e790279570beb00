"""Labels, roles and normalised spectra of a table of stars that is given."""

from mdwarfs import tables
from mdwarfs.given.sample import read_sample
from mdwarfs.run.job import run


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    sample = read_sample(
        params.files,
        params.paths,
        params.spectra,
        params.labels,
        sizes=params.split,
        seed=params.seed,
        threads=snakemake.threads,
        simulated=params.stamp["simulated"],
    )
    sample.spectra.write(output.spectra, params.stamp)
    for name in ("labels", "split", "selected"):
        tables.write(getattr(sample, name), output[name], params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
