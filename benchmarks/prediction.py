"""CPU time of labels from spectra: against the reference code's way, and of a survey.

    python benchmarks/prediction.py [--run results/simulated] [--reference 1] [folder]
    python benchmarks/prediction.py [--run results/simulated] --survey 90000 [folder]

The first predicts stars of a run by this workflow, and some of them as astroslam does:
scipy's least_squares (trf, soft_l1, two-point Jacobian, default tolerances) of a cost
function that asks one scikit-learn SVR per pixel for its flux. The SVRs are the model's
own, so that both have the same model spectra.

The second writes that many simulated stars (model spectra at labels between those of
training stars, with the noise and the bad pixels of the run's spectra) to a file like
spectra/normalised.fits, and predicts them from there in a process of its own, of which
wall time, CPU time and peak memory are given. It needs 45 kB of disk per star.

Times of the first are CPU seconds of one BLAS thread, which other work on the machine
disturbs less than wall time. The folder gets the table.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml
from astropy.table import Table
from scipy.optimize import least_squares
from sklearn.svm import SVR
from threadpoolctl import threadpool_limits

from mdwarfs import tables
from mdwarfs.slam.model import Slam
from mdwarfs.slam.survey import label_stars
from mdwarfs.spectra.spectrum_set import PLANES, SpectrumSet

CONFIG = Path(__file__).resolve().parents[1] / "config" / "config.yaml"
STAMP = {"run": "benchmark", "simulated": True}
BLOCK = 1024  # spectra that are made together


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


def reference_way(model, svrs, flux, ivar):
    """Labels of one star, and how often its cost function was called."""
    use = model.informative
    mean, scale = (np.asarray(model.pixels[name][use]) for name in ("mean", "scale"))
    good = ivar[use] > 0
    variance = 1 / np.where(good, ivar[use], 1) + np.asarray(
        model.pixels["variance"][use]
    )
    root = np.where(good, scale / np.sqrt(variance), 0)
    observed = (flux[use] - mean) / scale
    calls = [0]

    def residual(t):
        calls[0] += 1
        spectrum = np.array([svr.predict(t[None])[0] for svr in svrs])
        return root * (observed - spectrum)

    cost = (root**2 * (observed - (model.templates - mean) / scale) ** 2).sum(1)
    start = model.scale.forward(model.labels)[cost.argmin()]
    found = least_squares(residual, start, loss="soft_l1").x
    return model.scale.back(found), calls[0]


def per_star(run, reference, ours=512):
    """Table of CPU seconds per star of both ways."""
    model = Slam.read(run / "slam" / "model.fits")
    spectra = SpectrumSet.read(run / "spectra" / "normalised.fits")
    rows = np.flatnonzero(spectra.ok)
    rows = rows[:: max(1, len(rows) // ours)][:ours]
    spectra = spectra.take(rows)
    clock = time.process_time()
    assert len(model.starts.places)
    prepared = time.process_time() - clock
    clock = time.process_time()
    found = model.predict(spectra.flux, spectra.ivar, block=128, threads=1)
    fast = (time.process_time() - clock) / len(rows)
    svrs = machines(model)
    some = np.argsort(np.asarray(spectra.stars["snr"]))[len(rows) // 2 :][:reference]
    check = model.scale.forward(found.labels[some[:1]])
    flux = np.array([svr.predict(check)[0] for svr in svrs])
    pixels = model.pixels[model.informative]
    ours_flux = model.spectra(found.labels[some[:1]])[0, model.informative]
    assert np.allclose(pixels["mean"] + pixels["scale"] * flux, ours_flux, atol=1e-5)
    clock, calls = time.process_time(), 0
    for star in some:
        _, count = reference_way(model, svrs, spectra.flux[star], spectra.ivar[star])
        calls += count
    slow = (time.process_time() - clock) / len(some)
    print(f"{model.informative.sum()} pixels; {prepared:.2f} CPU s once per model")
    return Table(
        {
            "way": ["this workflow", "astroslam's"],
            "stars": [len(rows), len(some)],
            "cpu_s_per_star": [fast, slow],
            "calls_per_star": [0.0, calls / len(some)],
            "ratio": [1.0, slow / fast],
        }
    )


def write_survey(run, count, folder):
    """Write simulated spectra to a file in a folder; returns its path."""
    model = Slam.read(run / "slam" / "model.fits")
    noise = SpectrumSet.read(run / "spectra" / "normalised.fits")
    noise = noise.take(noise.ok)
    shape, rng = (count, len(model.wavelength)), np.random.default_rng(1)
    planes = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", ">f4", shape)
        for name in PLANES
    }
    variance = np.nan_to_num(np.asarray(model.pixels["variance"]))
    like = rng.integers(0, len(noise), count)
    for first in range(0, count, BLOCK):
        block = slice(first, min(first + BLOCK, count))
        ivar = noise.ivar[like[block]]
        pairs = rng.integers(0, len(model.labels), (2, len(ivar)))
        flux = np.nan_to_num(model.spectra(model.labels[pairs].mean(0)), nan=1.0)
        sigma = np.sqrt(1 / np.where(ivar > 0, ivar, 1) + variance)
        planes["flux"][block] = flux + sigma * rng.normal(size=flux.shape)
        planes["ivar"][block], planes["continuum"][block] = ivar, 1
    stars = noise.stars[like]
    stars["source_id"] = np.arange(1, count + 1)
    path = folder / "normalised.fits"
    SpectrumSet(model.wavelength, stars=stars, **planes).write(path, STAMP)
    return path


def predict_survey(run, path, threads):
    """What the rule predict_labels does."""
    settings = yaml.safe_load(CONFIG.read_text())["prediction"]
    with SpectrumSet.open(path) as spectra:
        model = Slam.read(run / "slam" / "model.fits")
        table = label_stars(model, spectra, settings, threads)
    tables.write(table, path.with_name("predictions.fits"), STAMP)


def survey(run, count, threads):
    """Table of what the prediction of a survey takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_survey(run, count, Path(folder))
        gigabytes = path.stat().st_size / 1e9
        process = multiprocessing.get_context("spawn").Process(
            target=predict_survey, args=(run, path, threads)
        )
        clock = time.monotonic()
        process.start()
        process.join()
        wall = time.monotonic() - clock
        if process.exitcode:
            raise RuntimeError("the prediction failed")
        predictions = tables.read(path.with_name("predictions.fits"))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    return Table(
        {
            "stars": [count],
            "threads": [threads],
            "file_gb": [gigabytes],
            "wall_s": [wall],
            "cpu_s": [cpu],
            "cpu_ms_per_star": [1e3 * cpu / count],
            "peak_gb": [used.ru_maxrss / 1e6],
            "converged": [np.mean(predictions["status"] == "ok")],
        }
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, default=Path("results/simulated"))
    parser.add_argument("--reference", type=int, default=1, metavar="STARS")
    parser.add_argument("--survey", type=int, metavar="STARS")
    parser.add_argument("--threads", type=int, default=2, help="of the survey")
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    if options.survey:
        name, table = "survey", survey(options.run, options.survey, options.threads)
    else:
        name = "prediction"
        with threadpool_limits(1):
            table = per_star(options.run, options.reference)
    table.pprint_all()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        table.write(options.folder / f"{name}.ecsv", overwrite=True)


if __name__ == "__main__":
    main()
