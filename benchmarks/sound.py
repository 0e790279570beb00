"""What share of sound spectra the flags of unlike spectra wrongly have, by SNR.

Of a simulated run: stars of one M dwarf that the model was not trained on, with labels
inside the usable ranges in truth. Of a run that was trained on all of its labelled
stars: these, by models that have not seen them; the limits are found five times without
a fifth of the stars, which is then flagged by them. Among real stars some are not
sound: what is counted there is an upper limit.

With --few the limits are learnt once more from so many training stars, drawn many
times.
"""

import command
import numpy as np
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.config import read_config
from mdwarfs.slam.infer.flags import BY_LIMITS, Flag
from mdwarfs.tables.matching import match
from mdwarfs.validation.fit_limits import beyond_limits, learn_limits, limits_of

NEW = [bit for bit in Flag if bit & BY_LIMITS]
COLUMNS = {
    "stars": ("", "Which stars: all, or in the usable ranges"),
    "snr": ("", "Range of signal-to-noise ratios"),
    "n": ("", "Stars"),
    "any": ("", "Share with one of the flags that follow"),
    "e_any": ("", "Its binomial standard error, of (k + 1) / (n + 2)"),
    **{bit.name.lower(): ("", f"Share with {bit.name}") for bit in NEW},
}
KINDS = ["field", "m_secondary", "m_m", "unmatched"]
"""Of the simulation's truth: single M dwarfs."""
FEW = {
    "stars": ("", "Training stars that the limits are learnt from"),
    "snr": ("", "Range of signal-to-noise ratios"),
    "n": ("", "Stars that the limits are used for: those inside the usable ranges"),
    "any": ("", "Share with one of the flags, in the mean of the sets drawn"),
    "worst": ("", "The same by the worst of the sets"),
}
PARTS = 5
DRAWN = 20
SEED = 1


def of_survey(run, usable):
    """Predictions of sound stars of a simulated run with their flags, and which are
    usable in truth."""
    table = tables.read(run / "slam" / "predictions.fits")
    truth = tables.read(run / "raw" / "truth.fits")
    split = tables.read(run / "samples" / "split.fits")
    trained = split["source_id"][split["role"] == "train"]
    row = match(table["source_id"], truth["source_id"])
    sound = (row >= 0) & np.isin(truth["kind"][row], KINDS) & (table["dof"] > 0)
    sound &= match(table["source_id"], trained) < 0
    table, truth = table[sound], truth[row[sound]]
    names = [name.removeprefix("e_") for name in table.colnames if name[:2] == "e_"]
    limits = limits_of(tables.read(run / "validation" / "fit_limits.ecsv"))
    flags = beyond_limits(table, table["snr"], names, limits)
    return table, flags, inside(truth, usable)


def of_folds(run, usable):
    """The same of the training stars, by limits that have not seen them."""
    table = tables.read(run / "slam" / "held_out.fits")
    labels = tables.read(run / "samples" / "labels.fits")
    labels = labels[match(table["source_id"], labels["source_id"])]
    names = [name.removeprefix("e_") for name in table.colnames if name[:2] == "e_"]
    part = np.random.default_rng(SEED).permutation(len(table)) % PARTS
    flags = np.zeros(len(table), int)
    for number in range(PARTS):
        held, rest = part == number, part != number
        limits = limits_of(learn_limits(table[rest], names))
        flags[held] = beyond_limits(table[held], table["snr"][held], names, limits)
    return table, flags, inside(labels, usable)


def inside(labels, usable):
    """Which stars have all labels in the usable ranges."""
    return np.all(
        [
            (labels[name] >= low) & (labels[name] <= high)
            for name, (low, high) in usable.items()
        ],
        axis=0,
    )


def row(stars, name, flags):
    """One row of the result."""
    n, k = len(flags), int((flags > 0).sum())
    p = (k + 1) / (n + 2)
    shares = [((flags & bit) > 0).mean() for bit in NEW]
    return stars, name, n, k / n, np.sqrt(p * (1 - p) / n), *shares


def compare(run, edges):
    """Table of the shares, `COLUMNS`, in ranges of SNR with these lower bounds."""
    usable = read_config([run / "audit" / "config.yaml"])["prediction"]["usable"]
    survey = (run / "raw" / "truth.fits").exists()
    table, flags, usual = (of_survey if survey else of_folds)(run, usable)
    snr, found = np.asarray(table["snr"], float), []
    for stars, use in (("all", np.ones(len(snr), bool)), ("usable", usual)):
        found.append(row(stars, "all", flags[use]))
        for low, high in zip([0, *edges], [*edges, np.inf]):
            some = use & (snr >= low) & (snr < high)
            if some.any():
                found.append(row(stars, f"{low:g}-{high:g}", flags[some]))
    return Table(rows=found, names=list(COLUMNS))


def of_few(run, numbers, edges):
    """Table `FEW`: shares by limits of few training stars of a simulated run."""
    usable = read_config([run / "audit" / "config.yaml"])["prediction"]["usable"]
    table, _, usual = of_survey(run, usable)
    table, rng = table[usual], np.random.default_rng(SEED)
    known = tables.read(run / "slam" / "held_out.fits")
    names = [name.removeprefix("e_") for name in known.colnames if name[:2] == "e_"]
    snr, found = np.asarray(table["snr"], float), []
    for number in numbers:
        flagged = []
        for _ in range(DRAWN):
            some = np.sort(rng.choice(len(known), number, replace=False))
            limits = limits_of(learn_limits(known[some], names))
            flagged.append(beyond_limits(table, snr, names, limits) > 0)
        for name, use in (("all", snr > 0), (f"0-{edges[0]:g}", snr < edges[0])):
            shares = np.array(flagged)[:, use].mean(1)
            found.append((number, name, use.sum(), shares.mean(), shares.max()))
    return Table(rows=found, names=list(FEW))


def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument(
        "--snr", type=float, nargs="*", default=[3, 8, 15], help="bounds of ranges"
    )
    parser.add_argument(
        "--few", type=int, nargs="*", default=[], help="numbers of training stars"
    )
    options = parser.parse_args(arguments)
    table = compare(options.run, options.snr)
    command.show(table)
    stamp = command.stamp_of(options.run)
    command.write(options, "sound", table, COLUMNS, stamp)
    if options.few:
        table = of_few(options.run, options.few, options.snr)
        command.show(table)
        command.write(options, "sound_few", table, FEW, stamp)


if __name__ == "__main__":
    main()
