"""How time and memory of the steps that take all stars grow with the number of stars.

The spectra of a run are repeated until there are so many, in a file like
spectra/normalised.fits (21 kB of disk per star of the default grid, for a while), and
each step is run on them by its own script, in a process of its own. The run's files of
spectra are read and normalised for a tenth of the stars: that takes longest. Steps
whose inputs the run has not are left out.
"""

import multiprocessing
import runpy
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import command
import numpy as np
import training_set
from astropy.table import Table
from threadpoolctl import threadpool_limits

from mdwarfs import tables
from mdwarfs.figures import style
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet

SCRIPTS = Path(__file__).parents[1] / "scripts"
COLUMNS = {
    "step": ("", "Script of the workflow"),
    "stars": ("", "Stars, or spectra that are normalised"),
    "cpu_s": ("s", "CPU time of the process, without that of its imports"),
    "cpu_ms_per_star": ("ms", "The same per star"),
    "peak_mb": ("Mbyte", "Peak memory of the process"),
    "disk_mb": ("Mbyte", "Size of what it wrote"),
}
TENTH = 10  # of the stars, of which spectra are normalised
IMPORTS = "mdwarfs.figures.style", "mdwarfs.slam.regressors", "mdwarfs.slam.infer.stars"
"""Modules that most of the processes import: once for all of them."""
WORDS = {
    "normalise_part": "normalise",
    "normalise_spectra": "gather spectra",
    "predict_part": "SLAM labels",
    "hybrid_part": "hybrid labels",
    "measure_indices": "CaH and TiO",
    "describe_pixels": "open and select",
    "audit_products": "audit the set",
}


def named(**entries):
    """What Snakemake hands to a script by name."""
    found = SimpleNamespace(**entries)
    found.items = entries.items
    return found


def run_script(name, input, output, params, results):
    """Run the script of a rule in one thread; CPU time and peak memory to the queue."""
    main = runpy.run_path(str(SCRIPTS / f"{name}.py"))["main"]
    start = time.process_time()
    with threadpool_limits(1):
        main(
            SimpleNamespace(
                input=named(**input),
                output=named(**output),
                params=named(stamp=command.MADE_UP, **params),
                wildcards=named(scatteritem="1-of-1"),
                threads=1,
            )
        )
    results.put((time.process_time() - start, command.peak_memory()))


def measure(name, stars, input, output, params):
    """A row of the table: one script, in a process of its own.

    These are forked from one that has made the imports, and nothing else.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", *IMPORTS])
    results = context.SimpleQueue()
    process = context.Process(
        target=run_script, args=(name, input, output, params, results)
    )
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{name} failed")
    seconds, megabytes = results.get()
    size = sum(Path(path).stat().st_size for path in output.values()) / 1e6
    return (name, stars, seconds, 1e3 * seconds / stars, megabytes, size)


def write_spectra(run, count, path):
    """Write so many spectra of a run, those of training stars first, and again."""
    trained = regressors.read(run / "slam" / "model.fits").source_id
    with SpectrumSet.open(run / "spectra" / "normalised.fits") as spectra:
        others = ~np.isin(spectra.stars["source_id"], trained)
        order = np.argsort(others, kind="stable")
        many = spectra.view(order[np.arange(count) % len(spectra)])
        for name in ("source_id", "sdss_id"):
            repeated = (np.arange(count) // len(spectra)) << 40
            many.stars[name] = np.asarray(many.stars[name]) + repeated
            many.stars[name].info = spectra.stars[name].info
        many.write(path, command.MADE_UP)


def steps(run, count, folder):
    """Each script with its number of stars, inputs, outputs and parameters."""
    spectra, half = folder / "normalised.fits", folder / "half.fits"
    write_spectra(run, count, spectra)
    write_spectra(run, -(-count // 2), half)
    slam, hybrid = run / "slam" / "model.fits", run / "hybrid" / "model.fits"
    listed = run / "raw" / "astra" / "spectra.ecsv"
    settings = training_set.default_settings
    prediction = settings("prediction")
    if listed.exists():
        stars = tables.read(run / "samples" / "candidates.fits")
        chosen = stars[np.arange(count // TENTH) % len(stars)]
        tables.write(chosen, folder / "stars.fits", command.MADE_UP)
        yield (
            "normalise_part", count // TENTH,
            {"stars": folder / "stars.fits", "manifest": listed},
            {"spectra": folder / "part.fits"},
            {"spectra": settings("spectra"), "astra": "0.6.0"},
        )  # fmt: skip
    yield (
        "normalise_spectra", 2 * -(-count // 2), {"parts": [half, half]},
        {"spectra": folder / "gathered.fits"}, {},
    )  # fmt: skip
    yield (
        "predict_part", count, {"model": slam, "spectra": spectra},
        {"predictions": folder / "slam.fits"}, {"prediction": prediction},
    )  # fmt: skip
    if hybrid.exists():
        yield (
            "hybrid_part", count, {"model": hybrid, "spectra": spectra},
            {"predictions": folder / "hybrid.fits"}, {"prediction": prediction},
        )  # fmt: skip
    if (run / "metal_poor").exists():
        yield (
            "measure_indices", count,
            {"spectra": spectra, "labels": run / "samples" / "labels.fits"},
            {"indices": folder / "indices.fits", "locus": folder / "locus.ecsv"},
            {"limits": settings("metal_poor")},
        )  # fmt: skip
    yield (
        "describe_pixels", count, {"model": slam, "spectra": spectra},
        {"table": folder / "pixels.ecsv"}, {},
    )  # fmt: skip
    yield (
        "audit_products", count, {"products": [str(spectra)]},
        {"products": folder / "products.ecsv"}, {"rules": {}},
    )  # fmt: skip


@style.styled
def draw(table):
    """CPU time and peak memory against the number of stars."""
    figure = style.new(style.PAGE, 3.2)
    panels = figure.subplots(1, 2)
    for step in dict.fromkeys(table["step"]):
        rows = table[table["step"] == step]
        for axes, column in zip(panels, ("cpu_s", "peak_mb")):
            axes.plot(
                rows["stars"], rows[column], "o-", ms=3.5, lw=1, label=WORDS[step]
            )
    low, high = np.min(table["stars"]), np.max(table["stars"])
    ends = np.array([low, high])
    panels[0].plot(ends, 2e-4 * ends, "k--", lw=0.7, label="in proportion")
    panels[0].set(xscale="log", yscale="log", xlabel="Stars", ylabel="CPU time (s)")
    panels[1].set(xscale="log", xlabel="Stars", ylabel="Peak memory (MB)")
    panels[1].set_ylim(0, 1.15 * np.max(table["peak_mb"]))
    lines = panels[0].get_legend_handles_labels()
    figure.legend(*lines, loc="outside lower center", ncols=4)
    return figure


def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument("--stars", type=int, nargs="+", default=[5000, 20_000])
    parser.add_argument("--steps", nargs="+", choices=WORDS, default=list(WORDS))
    options = parser.parse_args(arguments)
    rows = []
    for count in options.stars:
        with tempfile.TemporaryDirectory() as folder:
            for step in steps(options.run, count, Path(folder)):
                if step[0] in options.steps:
                    rows.append(measure(*step))
    table = Table(rows=rows, names=list(COLUMNS))
    table.sort(["step", "stars"])
    command.show(table)
    stamp = command.stamp_of(options.run) | {"simulated": True}
    command.write(options, "growth", table, COLUMNS, stamp, draw)


if __name__ == "__main__":
    main()
