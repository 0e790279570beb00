"""Damaged and absurd spectra: refused, flagged, harmless or wrong?"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.slam.infer.flags import Flag
from tests.torture.mutate import OF_BYTES

HARMLESS = 4.0  # of the label's own error, by which it may move without a word


def in_pixels(change):
    """A mutation of the flux and ivar of the file's spectra."""

    def mutate(data, rng):
        with fits.open(io.BytesIO(data)) as hdus:
            for hdu in hdus[1:]:
                if hdu.data is not None and len(hdu.data):
                    flux, ivar = hdu.data["flux"], hdu.data["ivar"]
                    change(flux[0], ivar[0], rng)
            out = io.BytesIO()
            hdus.writeto(out, output_verify="silentfix")
        return out.getvalue()

    mutate.__name__, mutate.__doc__ = change.__name__, change.__doc__
    return mutate


def noise(flux, ivar, rng):
    """Nothing but noise."""
    good = ivar > 0
    flux[good] = rng.normal(0, ivar[good] ** -0.5)


def featureless(flux, ivar, rng):
    """A star without bands or lines."""
    flux[:] = np.nanmedian(flux) * np.linspace(1.2, 0.8, len(flux))


def reverse(flux, ivar, rng):
    """Red where blue belongs."""
    flux[:], ivar[:] = flux[::-1].copy(), ivar[::-1].copy()


def shift(flux, ivar, rng):
    """By hundreds of pixels, as of a wrong wavelength solution."""
    n = int(rng.integers(20, 400)) * int(rng.choice([-1, 1]))
    flux[:], ivar[:] = np.roll(flux, n), np.roll(ivar, n)


def stretch(flux, ivar, rng):
    """Bands twice as deep, or half."""
    middle = np.nanmedian(flux)
    flux[:] = middle + (flux - middle) * rng.choice([0.4, 2.5])


def spikes(flux, ivar, rng):
    """A tenth of the pixels is absurd, and said to be good."""
    where = rng.random(len(flux)) < 0.1
    flux[where] = np.nanmedian(flux) * 10.0 ** rng.uniform(0.5, 4, where.sum())


def gap(flux, ivar, rng):
    """A third is missing."""
    start = int(rng.integers(0, len(flux) // 2))
    ivar[start : start + len(flux) // 3] = 0


def fill(flux, ivar, rng):
    """Fill values that are said to be good."""
    start = int(rng.integers(0, len(flux) - 300))
    flux[start : start + 300] = rng.choice([0.0, -9999.0, 1e30, np.nan, np.inf])


def double(flux, ivar, rng):
    """Two stars in one fibre, one redshifted far."""
    flux[:] = 0.5 * (flux + np.roll(flux, 60))


OF_PIXELS = [
    in_pixels(change)
    for change in (
        noise, featureless, reverse, shift, stretch, spikes, gap, fill, double,
    )
]  # fmt: skip


def torture(
    run: Path, files: list[Path], folder: Path, n: int, seed: int
) -> list[tuple[str, str, str]]:
    """Label n mutations of sound spectra by a run's model.

    Returns
    -------
    entries
        Of each: kind of mutation, outcome and, if it is wrong, what is.
    """
    rng = np.random.default_rng(seed)
    sound = labelled(run, files, folder / "sound.ecsv")
    kinds = OF_BYTES + OF_PIXELS
    made, parents = [], []
    for k in range(n):
        parent = int(rng.integers(len(files)))
        path = folder / f"{k:05d}-{files[parent].name}"
        path.write_bytes(kinds[k % len(kinds)](files[parent].read_bytes(), rng))
        made.append(path)
        parents.append(parent)
    found = labelled(run, made, folder / "mutated.ecsv")
    return [
        (kinds[k % len(kinds)].__name__, *outcome(sound[parents[k]], found[k]))
        for k in range(n)
    ]


def labelled(run: Path, files: list[Path], output: Path) -> Table:
    """The labels of files, each of which holds one spectrum at most."""
    status = main(
        ["predict", "--run", str(run), "--output", str(output), *map(str, files)]
    )
    assert status < 2, "nothing was written"
    table = tables.read(output)
    assert [Path(x).name.partition("[")[0] for x in table["file"]] == [
        x.name for x in files
    ]
    return table


def outcome(sound, found) -> tuple[str, str]:
    """What became of a mutated spectrum, beside the sound one."""
    if int(found["flags"]) & int(Flag.NO_LABELS):
        return "refused", ""
    if int(found["flags"]) & ~int(sound["flags"]):
        return "flagged", ""
    names = [x[len("formal_e_") :] for x in found.colnames if x.startswith("formal_e_")]
    moved = {
        x: abs(found[x] - sound[x]) / np.hypot(found[f"sigma_{x}"], 1e-9) for x in names
    }
    worst = max(moved, key=moved.get)
    if moved[worst] < HARMLESS:
        return "harmless", ""
    return (
        "wrong",
        f"{Path(found['file']).name}: {worst} moved by {moved[worst]:.1f} sigma",
    )
