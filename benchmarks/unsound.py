"""Which flags sound and unsound spectra get, and how far labels without one are off.

Stars of a run that it was not trained on are damaged in many ways (`damage.py`),
normalised and predicted again. Labels are compared with those of the sound spectrum, or
with those that the damage gave the star.
"""

import command
import damage
import numpy as np
from astropy.table import Table, vstack

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.matching import match
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.flags import BY_LIMITS, Flag
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.continuum import normalise
from mdwarfs.spectra.spectrum_set import SpectrumSet
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
BINS = ((3, 8), (8, 15), (15, np.inf))
NO_RANGE = {"snr_min": 3.0, "block": 2048}


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


def compare(run, stars):
    """Table of all kinds and ranges of SNR, `COLUMNS`.

    Parameters
    ----------
    run : Path
    stars : int
        In each range of SNR.
    """
    model = regressors.read(run / "slam" / "model.fits")
    limits = limits_of(tables.read(run / "validation" / "fit_limits.ecsv"))
    finder, names = labeller(model), list(model.label_names)
    with SpectrumSet.open(run / "spectra" / "normalised.fits") as spectra:
        snr = np.asarray(spectra.stars["snr"], float)
        new = match(spectra.stars["source_id"], model.source_id) < 0
        rows = [
            np.flatnonzero(spectra.ok & new & (snr >= low) & (snr < high))
            for low, high in BINS
        ]
        rows = np.concatenate([x[:: max(1, len(x) // stars)][:stars] for x in rows])
        chosen = spectra.take(rows)
    usable = {
        "teff": (3100, 3900), "logg": (4.45, 4.95), "feh": (-0.6, 0.5),
    }  # fmt: skip
    prediction = NO_RANGE | {"usable": {x: usable[x] for x in usable if x in names}}

    def predicted(spectra):
        table = label_stars(finder, spectra, prediction, threads=1)
        table["flags"] |= beyond_limits(table, table["snr"], names, limits)
        return table

    sound = predicted(chosen)
    usual = (sound["flags"] & int(OUTSIDE | OTHER)) == 0
    chosen, sound, found = chosen.take(usual), sound[usual], []
    settings = model.normalisation.get("continuum")
    for number, (kind, change) in enumerate(damage.kinds().items()):
        table = predicted(damaged(change, chosen, sound, settings, number))
        for low, high in BINS:
            some = (sound["snr"] >= low) & (sound["snr"] < high)
            if some.any():
                name = f"{low}-{high}" if np.isfinite(high) else f"> {low}"
                found.append(row(kind, name, table[some], sound[some]))
    return vstack([Table(rows=found, names=list(COLUMNS))])


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
    options = parser.parse_args(arguments)
    table = compare(options.run, options.stars)
    report(table)
    stamp = command.stamp_of(options.run)
    command.write(options, "unsound", table, COLUMNS, stamp)


if __name__ == "__main__":
    main()
