"""`mdwarfs show`: a star of a run or a file, as text and as a figure."""

import shutil

import matplotlib.pyplot
import numpy as np
import pytest
from astropy.io import fits

from mdwarfs import Slam, normalise, show
from mdwarfs.cli import main
from mdwarfs.errors import InputError
from mdwarfs.figures import style
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.spectra.spectrum import Spectrum
from mdwarfs.star import one
from mdwarfs.star.figure import draw
from mdwarfs.star.run import StarsOfRun
from tests.fewer import start_at_few
from tests.figures.layout import without_minor_ticks
from tests.star.small import EMPTY, FAINT, NAMES, SPOILT


@pytest.fixture(scope="module")
def run(results):
    return StarsOfRun.open(results)


@pytest.fixture(scope="module")
def spoilt(run):
    """A star with a bad pixel and two that are dropped."""
    return one.of_run(run, SPOILT, posterior=False)


@pytest.fixture(scope="module")
def figure(spoilt):
    """Its figure."""
    return draw(spoilt)


def texts(figure):
    """Everything that is written outside the axes."""
    return "\n".join(text.get_text() for text in figure.texts)


def test_a_star_is_printed(results, capsys, monkeypatch):
    start_at_few(monkeypatch)
    assert main(["show", "spec-55.fits", "--run", str(results)]) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert lines[0] == "Gaia DR3 1055" and "test star; SDSS 5055" in lines[1]
    assert "simulated spectrum; labels by run small" in said
    assert "power law  calibrated  formal" in said and "hybrid" not in said
    assert "flags: none" in said and "minima of the posterior: one" in said


@pytest.fixture
def coarse(monkeypatch):
    """Figures of few dots, which are written in no time."""
    monkeypatch.setattr(style, "DPI", 40)


@pytest.mark.dag
def test_a_star_is_drawn_and_the_users_settings_stay_as_they_are(
    results, tmp_path, coarse, monkeypatch
):
    start_at_few(monkeypatch)
    path, before = tmp_path / "star.png", dict(matplotlib.rcParams)
    assert main(["show", "1061", "--run", str(results), "-o", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert dict(matplotlib.rcParams) == before and not matplotlib.pyplot.get_fignums()


@pytest.mark.parametrize("suffix", [".pdf", ".svg"])
def test_the_same_star_gives_the_same_bytes(run, tmp_path, suffix):
    star = one.of_run(run, EMPTY)
    files = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for file in files:
        star.save(file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_without_labels_the_status_says_so(results, capsys):
    assert main(["show", "1062", "--run", str(results)]) == 1
    assert "no labels: there is no such file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no", "--run", "{run}"], "is neither a file nor a star"),
        (["1001", "--run", "{run}/nothing"], "holds no results of a run"),
        (["1001", "--model", "{run}/slam/model.fits"], "a model alone has no stars"),
    ],
)
def test_what_cannot_be_shown_is_refused(results, capsys, arguments, said):
    filled = [text.format(run=results) for text in arguments]
    assert main(["show", *filled]) == 2
    assert said in capsys.readouterr().err


def test_figures_of_other_suffixes_are_refused(results, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["show", "1001", "--run", str(results), "-o", str(tmp_path / "a.jpg")])
    assert ".pdf, .png, .svg" in capsys.readouterr().err
    with pytest.raises(InputError, match="end in .png, .pdf, .svg"):
        show("1001", run=results, posterior=False).save(tmp_path / "a.jpg")
    with pytest.raises(InputError, match="either a run or a model"):
        show("1001")


def test_the_figure_says_what_is_known(run, figure):
    said = texts(figure)
    assert "Gaia DR3 1061" in said and "75 good pixels" not in said
    assert "79 good pixels, 2 of them dropped" in said
    names = [text.get_text() for axes in figure.axes for text in axes.texts]
    for feature in (
        "TiO", "CaH", "K I", "Na I", "Ca II", r"H$\alpha$", "Ca I", "Fe I", "Ti I",
    ):  # fmt: skip
        assert feature in names
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "bad pixel" in legend and "dropped: far off the fit" in legend
    assert "hybrid label" not in legend and "reference label" not in legend
    assert "test star" not in said
    assert "test star" in texts(draw(one.of_run(run, 55, posterior=False)))
    faint = texts(draw(one.of_run(run, FAINT, posterior=False)))
    assert "low snr: signal-to-noise" in faint
    empty = draw(one.of_run(run, EMPTY))
    assert "no labels: there is no such file" in texts(empty) and not empty.axes


def test_numbers_of_flux_and_residuals_stand_apart(figure):
    without_minor_ticks(figure)
    figure.draw_without_rendering()
    upper = [a for a in figure.axes if a.get_ylabel() == "Normalised flux"]
    lower = [a for a in figure.axes if a.get_ylabel().startswith("Residual")]
    assert len(upper) == len(lower) > 0
    for pair in zip(upper, lower):
        ends = []
        for axes in pair:
            low, high = axes.get_ylim()
            texts = [
                text.get_window_extent()
                for text in axes.get_yticklabels()
                if low <= text.get_position()[1] <= high
            ]
            assert len(texts) > 1
            ends.append((min(x.y0 for x in texts), max(x.y1 for x in texts)))
        assert ends[0][0] > ends[1][1]


def test_bad_and_dropped_pixels_are_marked_where_they_are(spoilt, figure):
    wavelength = spoilt.spectrum.wavelength
    marked = {"|": set(), "o": set()}
    upper = next(a for a in figure.axes if a.get_ylabel() == "Normalised flux")
    for line in upper.lines:
        if line.get_marker() in marked:
            marked[line.get_marker()] |= set(line.get_xdata())
    assert marked["|"] == {wavelength[11]}
    assert marked["o"] == set(wavelength[[7, 30]])


def test_every_minimum_and_the_training_stars_are_drawn(run):
    star = one.of_run(run, FAINT)
    figure = draw(star)
    d = len(NAMES)
    planes = figure.axes[-d * d :]
    below = planes[d]  # teff against feh
    crosses = [x for x in below.lines if x.get_marker() in ("+", "x")]
    drawn = [(x.get_xdata()[0], x.get_ydata()[0]) for x in crosses]
    np.testing.assert_allclose(drawn, star.posterior.minima[:, :2])
    above = planes[1]
    (dots,) = above.collections[:1]
    np.testing.assert_array_equal(dots.get_offsets()[:, 1], star.training["feh"])


def test_a_file_by_a_model_alone(tmp_path, monkeypatch):
    """From Python: a file in the form of a survey, by a model that normalises it."""
    start_at_few(monkeypatch)
    rng = np.random.default_rng(2)
    labels = {"teff": rng.uniform(3000, 3900, 24), "feh": rng.normal(0, 0.2, 24)}
    wavelength = 10 ** (3.5523 + 1e-4 * np.arange(4648))

    def flux_of(teff, feh):
        x, y = (teff - 3450) / 450, feh / 0.2
        lines = np.sin(wavelength / 17) * x + np.cos(wavelength / 11) * y
        return 50 * (1 + 0.05 * lines)

    spectra = [
        Spectrum(wavelength, flux_of(*row), np.full(4648, 4.0), at_rest=True)
        for row in zip(*labels.values())
    ]
    prepared = normalise(spectra, step_dex=0.001)
    one_choice = {"C": [10.0], "epsilon": [0.05], "gamma": [0.1]}
    slam = Slam.fit(prepared, labels, grid=one_choice, folds=3, held_out=0)
    path = tmp_path / "star.fits"
    flux = flux_of(3300.0, 0.1) + rng.normal(0, 0.5, 4648)
    columns = {"sdss_id": 1, "snr": 50.0, "v_rad": 0.0}
    flags = np.zeros(4648, int)
    write_mwm_star(path, columns, flux, np.full(4648, 4.0), flags)
    found = show(path, model=slam)
    assert found.title == "file star.fits" and found.run == ""
    assert abs(found.labels["value"][0] - 3300) < 30
    assert found.labels["label"].tolist() == ["teff", "feh"]
    assert np.isnan(found.labels["sigma_value"]).all()
    assert "a model alone" in str(found)
    slam.save(tmp_path / "model.fits")
    again = show(path, model=tmp_path / "model.fits", posterior=False)
    assert again.labels["value"].tolist() == found.labels["value"].tolist()
    figure = found.plot()
    headings = texts(figure)
    assert "calibrated" not in headings and "hybrid" not in headings


def test_files_that_disagree_about_what_is_simulated_are_refused(
    results, tmp_path, capsys
):
    run = shutil.copytree(results, tmp_path / "run")
    with fits.open(run / "catalogue" / "slam_labels.fits", mode="update") as hdus:
        hdus[0].header["SIMULATD"] = hdus[1].header["SIMULATD"] = False
    assert main(["show", "1055", "--run", str(run)]) == 2
    said = capsys.readouterr().err
    assert "catalogue/slam_labels.fits that they are real" in said
    assert "audit/config.yaml and slam/model.fits" in said
