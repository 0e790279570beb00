"""Slopes of hybrid labels against the truth, in the mean of several simulated surveys.

One survey has too few stars and training stars to say whether a slope is below 0.05.
For each seed it makes the catalogues and samples of the default survey (in
results/simulated-<seed>, where Snakemake leaves them for the next time), and the
spectra of the training stars and of bright stars that are sound and not trained on.
Slopes are of labels without the prior minus truth, against the truth.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import command
import numpy as np
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.config import read_config
from mdwarfs.hybrid.stars import label_stars, train
from mdwarfs.samples.split import of_role
from mdwarfs.simulation.spectrum_files import write_spectra
from mdwarfs.spectra.normalise_all import normalise_all
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.validation.half_width import (
    half_width_and_error,
    slope_against,
    sound_unseen,
)

ROOT = Path(__file__).resolve().parents[1]
STARS = "all", "no flag", "[Fe/H] > -1"
COLUMNS = {
    "label": ("", "Label"),
    "stars": ("", "Which stars"),
    "surveys": ("", "Number of surveys"),
    "n": ("", "Number of stars with a label without the prior, mean of the surveys"),
    "slope": ("", "Slope without the prior, mean of the surveys"),
    "e_slope": ("", "Standard error of this mean"),
    "scatter": ("", "Half width of label minus truth, mean of the surveys"),
    "e_scatter": ("", "Standard error of this mean"),
    "scatter_flat": ("", "The same of labels without the prior"),
    "e_scatter_flat": ("", "Standard error of this mean"),
}


def survey(seed: int, cores: int) -> Path:
    """Make the catalogues and samples of the survey of a seed; where they are."""
    run = Path("results") / f"simulated-{seed}"
    products = "raw/truth", "samples/candidates", "samples/labels", "samples/split"
    subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", str(cores)]
        + [f"{run}/{product}.fits" for product in products]
        + ["--config", f"run={run.name}", f"seed={seed}"],
        cwd=ROOT,
        check=True,
    )
    return ROOT / run


def bright_spectra(
    run: Path, seed: int, config: dict, snr_min: float, cores: int
) -> SpectrumSet:
    """Normalised spectra of the training stars, and of bright ones to be labelled."""
    truth, split, stars = (
        tables.read(run / name)
        for name in ("raw/truth.fits", "samples/split.fits", "samples/candidates.fits")
    )
    trained, stars = of_role(split, "train"), stars["source_id", "sdss_id", "snr"]
    bright = stars["source_id"][np.asarray(stars["snr"]) > snr_min]
    wanted = np.union1d(trained, sound_unseen(bright, truth, split))
    rows = match(wanted, truth["source_id"])
    rows = np.sort(rows[np.asarray(truth["has_spectrum"])[rows]])
    stars = stars[match(truth["source_id"][rows], stars["source_id"])]
    with TemporaryDirectory() as folder:
        written = write_spectra(truth, rows, seed, folder, cores)
        stars["file"] = written["file"][match(stars["sdss_id"], written["sdss_id"])]
        return normalise_all(stars, folder, config["spectra"], cores)


def measured(run: Path, spectra: SpectrumSet, config: dict, cores: int) -> dict:
    """Number, slope and half widths by label and stars, for one survey."""
    names, prediction = config["slam"]["labels"], config["prediction"]
    truth, labels, split = (
        tables.read(run / name)
        for name in ("raw/truth.fits", "samples/labels.fits", "samples/split.fits")
    )
    given = spectra, labels, split, names, prediction
    options = {"normalisation": config["spectra"], "seed": config["seed"]}
    model, _ = train(*given, **options, threads=cores)
    unseen = sound_unseen(spectra.stars["source_id"], truth, split)
    view = spectra.view(spectra.rows_of(unseen))
    return statistics(label_stars(model, view, prediction, cores), truth, names)


def statistics(found: Table, truth: Table, names: list) -> dict:
    """The same of labelled stars.

    Parameters
    ----------
    found
        Labels of stars, as `mdwarfs.hybrid.stars.label_stars` gives them.
    truth
        Of these and other stars.
    names
        Of the labels.
    """
    known = lookup(truth, match(found["source_id"], truth["source_id"]))
    groups = (
        np.ones(len(found), bool),
        np.asarray(found["flags"]) == 0,
        np.asarray(known["feh"]) > -1,
    )
    result = {}
    for name in names:
        true = np.asarray(known[name], float)
        answer, flat = (np.asarray(found[x], float) for x in (name, f"{name}_flat"))
        for group, members in zip(STARS, groups):
            said = members & np.isfinite(flat)
            result[name, group] = (
                said.sum(),
                slope_against(true[said], (flat - true)[said]),
                half_width_and_error((answer - true)[members])[0],
                half_width_and_error((flat - true)[said])[0],
            )
    return result


def averaged(surveys: list) -> Table:
    """Means of what several surveys gave, and their standard errors: `COLUMNS`.

    Of the surveys that have any: in some no star has [alpha/M] without the prior.
    """
    rows = []
    for key in surveys[0]:
        values = np.array([one[key] for one in surveys if np.isfinite(one[key]).all()])
        mean = values.mean(axis=0)
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        of_each = np.column_stack([mean, error])[1:]
        rows.append((*key, len(values), mean[0], *of_each.ravel()))
    return Table(rows=rows, names=list(COLUMNS))


def main(arguments=None):
    parser = command.parser(__doc__, run=False)
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=list(range(1, 9)), help="of the surveys"
    )
    parser.add_argument(
        "--snr", type=float, default=12, help="that stars to be labelled exceed"
    )
    parser.add_argument("--cores", type=int, default=2, help="default: %(default)s")
    options = parser.parse_args(arguments)
    found = []
    for seed in options.seeds:
        config = read_config([ROOT / "config" / "config.yaml"]) | {"seed": seed}
        run = survey(seed, options.cores)
        spectra = bright_spectra(run, seed, config, options.snr, options.cores)
        found.append(measured(run, spectra, config, options.cores))
    table = averaged(found)
    command.show(table)
    command.write(options, "slopes", table, COLUMNS, command.MADE_UP)


if __name__ == "__main__":
    main()
