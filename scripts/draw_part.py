"""Draw from the posteriors of some of the stars that the catalogue flags."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.run.shares import share
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.drawn_stars import described, draw_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted
from mdwarfs.tables.streamed import streamed


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    trained = regressors.read(files.model)
    empty = described(trained.label_names, params.draws)
    empty.meta |= seals.label_marks(files.model, params.prediction)
    empty.meta |= {"N_DRAWS": params.draws, "SEED": params.seed}
    with (
        SpectrumSet.open(files.spectra) as spectra,
        streamed(snakemake.output.draws, empty, params.stamp) as append,
    ):
        some = spectra.view(share(snakemake.wildcards.scatteritem, len(spectra)))
        for table in draw_stars(
            labeller(trained),
            weighted(some, params.prediction["weighting"]),
            tables.read(files.catalogue, columns=["source_id", "flags"]),
            trained.source_id,
            params.prediction,
            draws=params.draws,
            seed=params.seed,
            threads=snakemake.threads,
        ):
            append(table)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
