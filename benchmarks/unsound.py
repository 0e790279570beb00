"""Which flags sound and unsound spectra get, and how far labels without one are off.

Stars of a run that it was not trained on are damaged in many ways (`damage.py`),
normalised and predicted again. Where it was trained on all, they are predicted by the
model refitted without a fifth of them, in turn. Labels are compared with those of the
sound spectrum, or with those that the damage gave the star. Stars that are not of the
simulation are taken for what the simulation makes of such labels where a damage needs
a spectrum (a giant, another [Fe/H]).
"""

import command
import damage
import numpy as np
from astropy.table import Table, vstack

from mdwarfs import tables
from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.flags import BY_LIMITS, Flag
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.continuum import normalise
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tables.matching import match
from mdwarfs.validation.fit_limits import beyond_limits, limits_of

NEW = [bit for bit in Flag if bit & BY_LIMITS]
OTHER = Flag.AT_EDGE | Flag.FEW_PIXELS | Flag.NOT_CONVERGED | Flag.NO_LABELS
OUTSIDE = (
    Flag.OUTSIDE_TEFF | Flag.OUTSIDE_LOGG | Flag.OUTSIDE_FEH
    | Flag.OUTSIDE_HULL | Flag.LOW_DENSITY
)  # fmt: skip
COLUMNS = {
    "kind": ("", "What was done to the spectra; see benchmarks/damage.py"),
    "snr": ("", "Range of signal-to-noise ratios"),
    "n": ("", "Spectra"),
    "any": ("", "Share that has one of the flags that follow"),
    **{bit.name.lower(): ("", f"Share with {bit.name}") for bit in NEW},
    "other": ("", "Share without those, but at_edge, few_pixels or without labels"),
    "outside": ("", "Share without all those, but outside the usable range or hull"),
    "unflagged": ("", "Share without any of these flags"),
    "d_teff": ("K", "Median error of Teff of the unflagged, in absolute value"),
    "d_logg": ("dex", "Median error of logg of the unflagged, in absolute value"),
    "d_feh": ("dex", "Median error of [Fe/H] of the unflagged, in absolute value"),
    "d_feh_90": ("dex", "That of which 90 % of the unflagged have less"),
}
PARTS = 5
SEED = 1


def damaged(change, spectra, sound, settings, seed):
    """The spectra after one kind of damage: SpectrumSet.

    Parameters
    ----------
    change : callable
        One of `damage.kinds`.
    spectra : SpectrumSet
        Sound ones.
    sound : Table
        Their labels.
    settings : dict
        How the continuum is found; None if there is none.
    seed : int
    """
    flux, ivar = np.ones_like(spectra.flux), np.zeros_like(spectra.ivar)
    wave, stars = spectra.wavelength, spectra.stars.copy()
    level = spectra.continuum if settings else np.ones_like(flux)
    observed = np.asarray(spectra.flux * level, float)
    for k in range(len(spectra)):
        labels = {name: float(sound[name][k]) for name in damage.LABELS if name in
                  sound.colnames}  # fmt: skip
        star = damage.Star(labels, observed[(k + 1) % len(spectra)])
        with np.errstate(divide="ignore", invalid="ignore"):
            weight = np.where(level[k] > 0, spectra.ivar[k] / level[k] ** 2, 0)
        rng = np.random.default_rng([seed, k])
        both = change(wave, observed[k], np.asarray(weight, float), star, rng)
        try:
            if settings:
                both = normalise(wave, *both, settings)[:2]
            flux[k], ivar[k] = both
        except (InputError, ValueError, ArithmeticError) as error:
            stars["status"][k] = str(error)[:30]
    return SpectrumSet(wave, flux, ivar, stars)


def row(kind, name, table, sound):
    """One row of the result."""
    bits = np.asarray(table["flags"])
    new, other = (bits & int(BY_LIMITS)) > 0, (bits & int(OTHER)) > 0
    outside = (bits & int(OUTSIDE)) > 0
    free = ~(new | other | outside)
    true = {x: sound[x] for x in sound.colnames} | damage.CHANGED.get(kind, {})
    off = {
        x: np.abs(table[x] - true[x])[free] if x in table.colnames else np.zeros(0)
        for x in ("teff", "logg", "feh")
    }
    middle = {x: np.median(d) if len(d) else np.nan for x, d in off.items()}
    return (
        kind, name, len(table), new.mean(),
        *(((bits & bit) > 0).mean() for bit in NEW),
        (other & ~new).mean(), (outside & ~(new | other)).mean(), free.mean(),
        *middle.values(),
        np.quantile(off["feh"], 0.9) if len(off["feh"]) else np.nan,
    )  # fmt: skip


def unseen(run, model, spectra, snr, bins, stars):
    """Stars to damage, and what predicts them without having seen them.

    Parameters
    ----------
    run : Path
    model : TrainedModel
    spectra : SpectrumSet
    snr : ndarray, shape (n,)
    bins : list of (float, float)
    stars : int
        In each range of SNR.

    Yields
    ------
    predictor : Predictor
    rows : ndarray of int
        Of the spectra.
    """

    def some(rows, stars):
        rows = [rows[(snr[rows] >= low) & (snr[rows] < high)] for low, high in bins]
        return np.concatenate([x[:: max(1, len(x) // stars)][:stars] for x in rows])

    new = match(spectra.stars["source_id"], model.source_id) < 0
    split = tables.read(run / "samples" / "split.fits")
    tested = np.isin(split["role"], ["test"])
    if tested.any():
        yield labeller(model), some(np.flatnonzero(spectra.ok & new), stars)
        return
    rows = match(model.source_id, spectra.stars["source_id"])
    parts = np.random.default_rng(SEED).permutation(len(rows)) % PARTS
    start = model.for_held_out()
    for part in range(PARTS):
        kept = parts != part
        known = spectra.take(rows[kept])
        refitted = start.refit(
            model.labels[kept], known.flux, known.ivar,
            threads=1, source_id=model.source_id[kept],
        )  # fmt: skip
        held = np.sort(rows[~kept])
        yield labeller(refitted), some(held, -(-stars // PARTS))


def compare(run, stars, edges):
    """Table of all kinds and ranges of SNR, `COLUMNS`.

    Parameters
    ----------
    run : Path
    stars : int
        In each range of SNR.
    edges : list of float
        Lower bounds of these ranges.
    """
    model = regressors.read(run / "slam" / "model.fits")
    limits = limits_of(tables.read(run / "validation" / "fit_limits.ecsv"))
    names = list(model.label_names)
    bins = list(zip(edges, [*edges[1:], np.inf]))
    prediction = read_config([run / "audit" / "config.yaml"])["prediction"]
    settings = model.normalisation.get("continuum")
    results = {}
    with SpectrumSet.open(run / "spectra" / "normalised.fits") as spectra:
        snr = np.asarray(spectra.stars["snr"], float)
        for finder, rows in unseen(run, model, spectra, snr, bins, stars):

            def predicted(spectra, finder=finder):
                table = label_stars(finder, spectra, prediction, threads=1)
                table["flags"] |= beyond_limits(table, table["snr"], names, limits)
                return table

            chosen = spectra.take(rows)
            sound = predicted(chosen)
            usual = (sound["flags"] & int(OUTSIDE | OTHER)) == 0
            chosen, sound = chosen.take(usual), sound[usual]
            for number, (kind, change) in enumerate(damage.kinds().items()):
                bad = damaged(change, chosen, sound, settings, number)
                results.setdefault(kind, []).append((predicted(bad), sound))
    found = []
    for kind, parts in results.items():
        table, sound = (vstack(x, metadata_conflicts="silent") for x in zip(*parts))
        for low, high in bins:
            some = (sound["snr"] >= low) & (sound["snr"] < high)
            if some.any():
                name = f"{low:g}-{high:g}" if np.isfinite(high) else f"> {low:g}"
                found.append(row(kind, name, table[some], sound[some]))
    return Table(rows=found, names=list(COLUMNS))


def report(table):
    """Print the table, and the kinds of which most pass."""
    command.show(table)
    passed = table[(table["unflagged"] > 0.5) & (table["kind"] != "none")]
    for line in passed:
        print(
            f"{line['kind']}, SNR {line['snr']}: {line['unflagged']:.0%} unflagged, "
            f"off by {line['d_teff']:.0f} K and {line['d_feh']:.2f} dex"
        )


def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument("--stars", type=int, default=100, help="of each range of SNR")
    parser.add_argument(
        "--snr", type=float, nargs="+", default=[3, 8, 15], help="where ranges begin"
    )
    options = parser.parse_args(arguments)
    table = compare(options.run, options.stars, options.snr)
    report(table)
    stamp = command.stamp_of(options.run)
    command.write(options, "unsound", table, COLUMNS, stamp)


if __name__ == "__main__":
    main()
