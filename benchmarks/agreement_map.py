"""Labels of maximum posterior against a slow search, star by star.

The slow search is scipy's least_squares inside the same domain, started from the
star's reference labels and from 20 random places of the domain; outliers are those that
the workflow found. A star agrees if the workflow's chi-square exceeds the least one
found by less than 0.01. Of a star that has a fit better by more than 1, some flag must
warn. Simulated runs: stars of known labels that were not trained on. The run of the
real LAMOST spectra (--run results/lamost54): all.
"""

import command
import numpy as np
from astropy.table import Table
from scipy.optimize import least_squares
from threadpoolctl import threadpool_limits

from mdwarfs import tables
from mdwarfs.figures import panels, style
from mdwarfs.slam import regressors
from mdwarfs.slam.infer import outliers
from mdwarfs.slam.infer.flags import Flag, describe
from mdwarfs.slam.infer.map import MaximumPosterior, weigh_pixels
from mdwarfs.slam.infer.prior import Prior
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tables.matching import match

COLUMNS = {
    "source_id": ("", "Gaia DR3 source identifier"),
    "snr": ("", "Signal-to-noise ratio of the spectrum, per pixel"),
    "chi2": ("", "Chi-square of the workflow's labels"),
    "excess": ("", "The same minus the least that the slow search found"),
    "flags": ("", "Bits of mdwarfs.slam.infer.flags.Flag"),
    "slow_search": ("s", "CPU time of the slow search"),
}
RANDOM_STARTS = 20
AGREES, MISSED = 0.01, 1.0
SNR_MIN = 3.0


def slow_search(problem, starts):
    """The least chi-square of one star from any of some starts (k, d).

    Parameters
    ----------
    problem : mdwarfs.slam.infer.posterior.Posterior
        Of one star.
    starts : ndarray, shape (k, d)
        In principal coordinates.
    """
    model, domain = problem.model, problem.domain
    flux, root = problem.flux[0], np.sqrt(problem.weight[0])

    def residual(place):
        spectrum = model.flux(domain.outward(place[None]))[0]
        return (root * (flux - spectrum)).astype(float)

    def jacobian(place):
        slopes = model.flux_and_jacobian(domain.outward(place[None]))[1][:, 0]
        return -(root * slopes).astype(float).T @ domain.axes

    limits = domain.low - 1e-9, domain.high + 1e-9
    return min(
        2 * least_squares(residual, start, jac=jacobian, bounds=limits).cost
        for start in np.clip(starts, domain.low, domain.high)
    )


def known_stars(run, model, count, rng):
    """Spectra (m, p) and reference labels (m, d) of stars, if possible new ones."""
    labels = tables.read(run / "samples" / "labels.fits")
    spectra = SpectrumSet.read(run / "spectra" / "normalised.fits")
    spectra = spectra.take(spectra.ok)
    row = match(spectra.stars["source_id"], labels["source_id"])
    new = ~np.isin(spectra.stars["source_id"], model.source_id)
    if new[row >= 0].sum() < count:  # the real spectra are too few to leave any out
        new[:] = True
    stars = np.flatnonzero((row >= 0) & new)
    stars = np.sort(rng.choice(stars, min(count, len(stars)), replace=False))
    names = model.label_names
    return spectra.take(stars), np.stack(
        [labels[name][row[stars]] for name in names], 1
    )


def compare(finder, spectra, reference, rng):
    """One row per star: `COLUMNS`."""
    found = finder.predict(spectra.flux, spectra.ivar, block=128, threads=1)
    model, domain = finder.model, finder.domain
    prior = Prior.flat(len(model.label_names))
    problem = finder.posterior(*weigh_pixels(model, spectra.flux, spectra.ivar), prior)
    _, problem = outliers.search(problem, finder.starts)
    rows = []
    for star in range(len(spectra)):
        places = rng.uniform(domain.low, domain.high, (RANDOM_STARTS, len(domain.low)))
        own = model.scale.forward(reference[[star]])
        if np.isfinite(own).all():
            places = np.vstack([domain.inward(own), places])
        seconds, least = command.cpu(slow_search, problem.of([star]), places)
        snr = float(spectra.stars["snr"][star])
        rows.append(
            {
                "source_id": spectra.stars["source_id"][star],
                "snr": snr,
                "chi2": found.chi2[star],
                "excess": found.chi2[star] - least,
                "flags": found.flags[star] | (snr < SNR_MIN) * Flag.LOW_SNR,
                "slow_search": seconds,
            }
        )
    return Table(rows)


def report(table):
    """Print how many agree, and the stars that do not."""
    snr, excess, flags = (
        np.asarray(table[name]) for name in ("snr", "excess", "flags")
    )
    missed = excess > MISSED
    print(f"{len(table)} stars, SNR {snr.min():.1f} to {snr.max():.0f}")
    print(f"slow search: {table['slow_search'].mean():.2f} CPU s per star")
    print(f"agree within {AGREES}: {np.mean(excess < AGREES):.1%}")
    print(f"better than the slow search by {AGREES}: {np.sum(excess < -AGREES)}")
    print(f"a fit better by {MISSED:g} was missed: {missed.sum()}")
    print(f"of these, without a flag: {np.sum(missed & (flags == 0))}")
    for star in table[excess > AGREES]:
        print(
            f"  SNR {star['snr']:.1f}, excess {star['excess']:.2f}: "
            + "; ".join(describe(star["flags"]))
        )


@style.styled
def draw(table):
    """Excess of chi-square over the slow search against SNR."""
    figure = style.new(style.COLUMN, 2.7)
    axes = figure.subplots()
    warned = np.asarray(table["flags"]) > 0
    for some, label, marker, colour in (
        (~warned, "no flag", "o", style.BLUE),
        (warned, "flagged", "s", style.RED),
    ):
        rows = table[some]
        axes.plot(
            rows["snr"], rows["excess"], marker, color=colour, ms=3, mfc="none",
            label=f"{label} ({len(rows)})",
        )  # fmt: skip
    axes.axhspan(-AGREES, AGREES, color=style.GREY, alpha=0.2, lw=0)
    axes.axhline(MISSED, color=style.GREY, lw=0.8, ls=":")
    axes.set_yscale("symlog", linthresh=AGREES, linscale=0.7)
    axes.set_ylim(-MISSED, max(30 * MISSED, 3 * table["excess"].max()))
    panels.log_snr(axes)
    axes.set_xlim(0.8 * table["snr"].min(), 1.25 * table["snr"].max())
    for level, text in ((-AGREES, "agree"), (MISSED, "a better fit was missed")):
        axes.annotate(
            text, (0.02, level), (0, 2), xycoords=("axes fraction", "data"),
            textcoords="offset points", color=style.GREY, fontsize=7.5,
        )  # fmt: skip
    axes.set_xlabel("SNR per pixel")
    axes.set_ylabel(r"$\chi^2$ minus the slow search's")
    axes.legend(loc="upper right")
    return figure


@threadpool_limits.wrap(limits=1)
def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument("--stars", type=int, default=200)
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    model = regressors.read(options.run / "slam" / "model.fits")
    stars = known_stars(options.run, model, options.stars, rng)
    table = compare(MaximumPosterior(model.spectral_model()), *stars, rng)
    report(table)
    stamp = command.stamp_of(options.run)
    command.write(options, "agreement_map", table, COLUMNS, stamp, draw)


if __name__ == "__main__":
    main()
