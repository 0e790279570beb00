"""What the labels of many stars take, streamed from disk.

So many simulated stars (model spectra at labels between those of training stars, with
the noise and the bad pixels of the run's spectra) are written to a file like
spectra/normalised.fits, which needs 45 kB of disk per star for a while, and predicted
from there in a process of its own, as the rule predict_labels does it.
"""

import multiprocessing
import tempfile
import time
from pathlib import Path

import command
import numpy as np
import training_set
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import PLANES, SpectrumSet
from mdwarfs.spectra.weighting import weighted

COLUMNS = {
    "stars": ("", "Stars"),
    "threads": ("", "Threads"),
    "file_gb": ("Gbyte", "Size of the file of spectra"),
    "wall_s": ("s", "Wall time of the process, its start included"),
    "cpu_s": ("s", "CPU time of the process"),
    "cpu_ms_per_star": ("ms", "The same per star"),
    "peak_gb": ("Gbyte", "Peak memory of the process"),
    "converged": ("", "Share of the stars whose fit converged"),
}
AT_ONCE = 1024  # spectra that are made together


def write_spectra(run, count, folder):
    """Write simulated spectra to a file in a folder; returns its path."""
    model = regressors.read(run / "slam" / "model.fits").spectral_model()
    noise = SpectrumSet.read(run / "spectra" / "normalised.fits")
    noise = noise.take(noise.ok)
    shape, rng = (count, len(model.wavelength)), np.random.default_rng(1)
    planes = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", ">f4", shape)
        for name in PLANES
    }
    variance = np.nan_to_num(model.everywhere(model.variance))
    like = rng.integers(0, len(noise), count)
    for first in range(0, count, AT_ONCE):
        block = slice(first, min(first + AT_ONCE, count))
        ivar = noise.ivar[like[block]]
        pairs = rng.integers(0, len(model.labels), (2, len(ivar)))
        flux = np.nan_to_num(model.spectra(model.labels[pairs].mean(0)), nan=1.0)
        sigma = np.sqrt(1 / np.where(ivar > 0, ivar, 1) + variance)
        planes["flux"][block] = flux + sigma * rng.normal(size=flux.shape)
        planes["ivar"][block], planes["continuum"][block] = ivar, 1
    stars = noise.stars[like]
    stars["source_id"] = np.arange(1, count + 1)
    path = folder / "normalised.fits"
    SpectrumSet(model.wavelength, stars=stars, **planes).write(path, command.MADE_UP)
    return path


def predict(model, path, threads, results):
    """What the rule predict_labels does; CPU time and peak memory to the queue."""
    prediction = training_set.default_settings("prediction")
    with SpectrumSet.open(path) as spectra:
        predictor = labeller(regressors.read(model))
        stars = weighted(spectra, prediction["weighting"])
        table = label_stars(predictor, stars, prediction, threads)
    tables.write(table, path.with_name("predictions.fits"), command.MADE_UP)
    results.put((time.process_time(), command.peak_memory()))


def measure(run, count, threads):
    """Table of what the prediction of many stars takes: `COLUMNS`."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = write_spectra(run, count, Path(folder))
        results = context.SimpleQueue()
        arguments = (run / "slam" / "model.fits", path, threads, results)
        process = context.Process(target=predict, args=arguments)
        clock = time.monotonic()
        process.start()
        process.join()
        wall = time.monotonic() - clock
        if process.exitcode:
            raise RuntimeError("the prediction failed")
        seconds, megabytes = results.get()
        predictions = tables.read(path.with_name("predictions.fits"))
        row = {
            "stars": count,
            "threads": threads,
            "file_gb": path.stat().st_size / 1e9,
            "wall_s": wall,
            "cpu_s": seconds,
            "cpu_ms_per_star": 1e3 * seconds / count,
            "peak_gb": megabytes / 1e3,
            "converged": np.mean(predictions["status"] == "ok"),
        }
    return Table([row])


def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument("--stars", type=int, default=90_000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    table = measure(options.run, options.stars, options.threads)
    command.show(table)
    stamp = command.stamp_of(options.run) | {"simulated": True}
    command.write(options, "many_stars", table, COLUMNS, stamp)


if __name__ == "__main__":
    main()
