"""CPU time of the labels of a star, against the reference code's way.

This workflow predicts stars of a run in groups of like signal-to-noise. Some of them
are then predicted as astroslam does: scipy's least_squares (trf, soft_l1, two-point
Jacobian, default tolerances) of a cost function that asks one scikit-learn SVR per
pixel for its flux. The SVRs are the model's own, so that both have the same model
spectra. Times are CPU seconds of one BLAS thread.
"""

import command
import numpy as np
from astropy.table import Table
from scipy.optimize import least_squares
from sklearn.svm import SVR
from threadpoolctl import threadpool_limits

from mdwarfs.figures import panels, style
from mdwarfs.slam.infer.map import MaximumPosterior, weigh_pixels
from mdwarfs.slam.infer.prediction import TOGETHER
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.spectrum_set import SpectrumSet

OURS, THEIRS = "this workflow", "astroslam's"
COLUMNS = {
    "way": ("", f"{OURS} or {THEIRS}"),
    "snr": ("", "Median signal-to-noise ratio of the stars, per pixel"),
    "stars": ("", "Stars that were predicted together"),
    "cpu_ms": ("ms", "CPU time per star"),
    "calls": ("", "Calls of astroslam's cost function per star"),
}


def machines(model):
    """One fitted SVR per informative pixel, from standardised labels to flux."""
    x = model.scale.forward(model.labels)
    result = []
    for p in np.flatnonzero(model.informative):
        dual = model.dual[:, p]
        support = np.flatnonzero(dual)
        machine = SVR(gamma=float(model.pixels["gamma"][p])).fit(x[:5], np.arange(5.0))
        machine.support_ = support.astype(np.int32)
        machine.support_vectors_ = np.ascontiguousarray(x[support])
        machine._n_support = np.array([len(support)] * 2, np.int32)
        machine.dual_coef_ = machine._dual_coef_ = dual[None, support].copy()
        machine.intercept_ = np.array([float(model.pixels["intercept"][p])])
        machine._intercept_ = machine.intercept_
        machine.shape_fit_ = x.shape
        result.append(machine)
    return result


def predicted(svrs, t):
    """Standardised flux of all pixels at standardised labels (d,)."""
    return np.array([svr.predict(t[None])[0] for svr in svrs])


def reference_way(model, templates, svrs, flux, weight):
    """Labels (d,) of one star, and how often its cost function was called.

    Parameters
    ----------
    model : mdwarfs.slam.model.SupportVectors
    templates : ndarray, shape (n, q)
        Model spectra of its training stars.
    svrs : list of SVR
        From `machines`.
    flux, weight : ndarray, shape (q,)
        From `mdwarfs.slam.infer.map.weigh_pixels`.
    """
    pixels = model.pixels[model.informative]
    mean, scale = np.asarray(pixels["mean"]), np.asarray(pixels["scale"])
    root, observed = scale * np.sqrt(weight), (flux - mean) / scale
    calls = 0

    def residual(t):
        nonlocal calls
        calls += 1
        return root * (observed - predicted(svrs, t))

    cost = (weight * (flux - templates) ** 2).sum(1)
    start = model.scale.forward(model.labels)[cost.argmin()]
    found = least_squares(residual, start, loss="soft_l1").x
    return model.scale.back(found), calls


def compare(model, spectra, reference):
    """Table of CPU time per star of both ways, `COLUMNS`.

    Parameters
    ----------
    model : mdwarfs.slam.model.SupportVectors
    spectra : mdwarfs.spectra.spectrum_set.SpectrumSet
    reference : int
        Stars that are predicted as astroslam does, spread over signal-to-noise.
    """
    snr = np.asarray(spectra.stars["snr"], float)
    order, rows = np.argsort(snr), []
    finder = MaximumPosterior(model.spectral_model())
    prepared, _ = command.cpu(lambda: (finder.domain, finder.starts))
    for first in range(0, len(order), TOGETHER):
        stars = order[first : first + TOGETHER]
        pixels = spectra.flux[stars], spectra.ivar[stars]
        seconds, _ = command.cpu(
            lambda flux, ivar: finder.predict(flux, ivar, block=TOGETHER, threads=1),
            *pixels,
        )
        rows.append((OURS, np.median(snr[stars]), len(stars), seconds, 0))
    svrs = machines(model)
    t = model.scale.forward(model.labels[0])
    pixels = model.pixels[model.informative]
    templates = finder.model.templates
    theirs = pixels["mean"] + pixels["scale"] * predicted(svrs, t)
    if not np.allclose(theirs, templates[0], atol=1e-5):
        raise RuntimeError("the model spectra of the SVRs are not the model's")
    some = order[np.linspace(0, len(order) - 1, reference + 2).astype(int)[1:-1]]
    for star, *arrays in zip(
        some, *weigh_pixels(finder.model, spectra.flux[some], spectra.ivar[some])
    ):
        seconds, (_, calls) = command.cpu(
            reference_way, model, templates, svrs, *arrays
        )
        rows.append((THEIRS, snr[star], 1, seconds, calls))
    table = Table(rows=rows, names=list(COLUMNS))
    table["cpu_ms"] *= 1e3 / table["stars"]
    table.meta = {"PIXELS": len(svrs), "PREPARED": prepared}
    return table


def report(table):
    """Print the mean times of both ways."""
    command.show(table)
    ours, theirs = (table[table["way"] == way] for way in (OURS, THEIRS))
    fast = np.average(ours["cpu_ms"], weights=ours["stars"])
    print(
        f"{table.meta['PIXELS']} pixels; {OURS}: {table.meta['PREPARED']:.2f} CPU s "
        f"once per model, {fast:.2f} CPU ms per star"
    )
    slow = theirs["cpu_ms"].mean()
    print(f"{THEIRS} way: {slow:.0f} CPU ms per star, {slow / fast:.0f} times as much")


@style.styled
def draw(table):
    """CPU time per star of both ways against SNR."""
    figure = style.new(style.COLUMN, 2.5)
    axes = figure.subplots()
    for way, label, marker, colour in (
        (THEIRS, "one SVR per pixel in an optimiser", "o", style.RED),
        (OURS, f"this workflow, {TOGETHER} stars at a time", "D", style.BLUE),
    ):
        rows = table[table["way"] == way]
        axes.plot(rows["snr"], rows["cpu_ms"], marker, color=colour, label=label, ms=4)
    panels.log_snr(axes)
    axes.set(yscale="log", xlabel="SNR per pixel", ylabel="CPU time per star (ms)")
    axes.set_xlim(0.8 * table["snr"].min(), 1.25 * table["snr"].max())
    low, high = axes.get_ylim()
    axes.set_ylim(low / 2, 30 * high)  # room for the legend
    axes.legend(loc="upper left")
    return figure


@threadpool_limits.wrap(limits=1)
def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument("--stars", type=int, default=512)
    parser.add_argument("--reference", type=int, default=5, help="the slow way's stars")
    options = parser.parse_args(arguments)
    model = SupportVectors.read(options.run / "slam" / "model.fits")
    spectra = SpectrumSet.read(options.run / "spectra" / "normalised.fits")
    stars = np.flatnonzero(spectra.ok)
    stars = stars[:: max(1, len(stars) // options.stars)][: options.stars]
    table = compare(model, spectra.take(stars), options.reference)
    report(table)
    stamp = command.stamp_of(options.run)
    command.write(options, "prediction", table, COLUMNS, stamp, draw)


if __name__ == "__main__":
    main()
