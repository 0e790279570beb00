"""Labels of maximum posterior against a slow search, star by star.

    python benchmarks/agreement_map.py [--run results/simulated] [--stars 200] [folder]

The slow search is scipy's least_squares inside the same domain, started from the
star's reference labels and from 20 random places of the domain. A star agrees if the
workflow's chi-square exceeds the least one found by less than 0.01. Of a star that has
a fit better by more than 1, some flag must warn. Simulated runs: stars of known labels
that were not trained on. The run of the real LAMOST spectra (--run results/lamost54):
all. The folder gets the table of stars.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from astropy.table import Table
from scipy.optimize import least_squares
from threadpoolctl import threadpool_limits

from mdwarfs import tables
from mdwarfs.matching import match
from mdwarfs.slam.flags import Flag, describe
from mdwarfs.slam.model import Slam
from mdwarfs.slam.standardise import good_pixels
from mdwarfs.spectra.spectrum_set import SpectrumSet

RANDOM_STARTS = 20
AGREES, MISSED = 0.01, 1.0
SNR_MIN = 3.0


def slow_search(model, flux, weight, starts):
    """The least chi-square from any of some starts (k, d), in principal coordinates."""
    emulator, domain = model.emulator, model.domain
    root = np.sqrt(weight)

    def residual(place):
        spectrum = emulator.flux(domain.outward(place[None]))[0]
        return (root * (flux - spectrum)).astype(float)

    def jacobian(place):
        slopes = emulator.flux_and_jacobian(domain.outward(place[None]))[1][:, 0]
        return -(root * slopes).astype(float).T @ domain.axes

    limits = domain.low - 1e-9, domain.high + 1e-9
    return min(
        2 * least_squares(residual, start, jac=jacobian, bounds=limits).cost
        for start in np.clip(starts, domain.low, domain.high)
    )


def compare(run, count, seed=0):
    """One row per star: snr, both chi-squares, flags."""
    model = Slam.read(run / "slam" / "model.fits")
    labels = tables.read(run / "samples" / "labels.fits")
    spectra = SpectrumSet.read(run / "spectra" / "normalised.fits")
    spectra = spectra.take(spectra.ok)
    row = match(spectra.stars["source_id"], labels["source_id"])
    new = ~np.isin(spectra.stars["source_id"], model.source_id)
    if new[row >= 0].sum() < count:  # the real spectra are too few to leave any out
        new[:] = True
    rng = np.random.default_rng(seed)
    stars = np.flatnonzero((row >= 0) & new)
    stars = np.sort(rng.choice(stars, min(count, len(stars)), replace=False))
    spectra, row = spectra.take(stars), row[stars]
    found = model.predict(spectra.flux, spectra.ivar, block=128, threads=1)

    use = model.informative
    good = good_pixels(spectra.flux, spectra.ivar)[:, use]
    noise = 1 / np.where(good, spectra.ivar[:, use], 1.0).astype(float)
    weight = np.where(good, 1 / (noise + np.asarray(model.pixels["variance"][use])), 0)
    flux = np.where(good, spectra.flux[:, use], 1.0)
    reference = np.stack([labels[name][row] for name in model.label_names], axis=1)
    domain = model.domain
    slow, clock = np.empty(len(row)), time.process_time()
    for k in range(len(row)):
        places = rng.uniform(domain.low, domain.high, (RANDOM_STARTS, len(domain.low)))
        own = model.scale.forward(reference[k : k + 1])
        if np.isfinite(own).all():
            places = np.vstack([domain.inward(own), places])
        arrays = flux[k].astype(np.float32), weight[k].astype(np.float32)
        slow[k] = slow_search(model, *arrays, places)
    print(f"slow search: {(time.process_time() - clock) / len(row):.2f} CPU s per star")
    snr = np.asarray(spectra.stars["snr"], float)
    flags = found.flags | np.where(snr < SNR_MIN, int(Flag.LOW_SNR), 0)
    excess = found.chi2 - slow
    return Table({"snr": snr, "chi2": found.chi2, "excess": excess, "flags": flags})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("results/simulated"))
    parser.add_argument("--stars", type=int, default=200)
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    with threadpool_limits(1):
        stars = compare(options.run, options.stars)
    excess, flags = np.asarray(stars["excess"]), np.asarray(stars["flags"])
    missed = excess > MISSED
    print(
        f"{len(stars)} stars, SNR {stars['snr'].min():.1f} to {stars['snr'].max():.0f}"
    )
    print(f"agree within {AGREES}: {100 * np.mean(excess < AGREES):.1f} %")
    print(f"better than the slow search by {AGREES}: {np.sum(excess < -AGREES)}")
    print(f"a fit better by {MISSED:g} was missed: {missed.sum()}")
    print(f"of these, without a flag: {np.sum(missed & (flags == 0))}")
    for star in stars[excess > AGREES]:
        print(
            f"  SNR {star['snr']:.1f}, excess {star['excess']:.2f}: "
            + "; ".join(describe(star["flags"]))
        )
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        stars.write(options.folder / "agreement_map.ecsv", overwrite=True)


if __name__ == "__main__":
    main()
