"""Spectra whose pixels are wider than a star is fast: `predict` and the run agree."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.labelling.beside_model import taken_at_rest
from mdwarfs.labelling.files import predict_files
from mdwarfs.labelling.model_of_run import ModelOfRun
from mdwarfs.slam.infer.flags import BY_LIMITS
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation.fit_limits import beyond_limits, learn_limits, limits_of
from tests.fewer import few_starts  # noqa: F401

WAVELENGTH = np.arange(4000.0, 10001.0, 40.0)
SPECTRA = {
    "wave_min": 4000.0, "wave_max": 10000.0, "step_dex": None, "step": 40.0,
    "continuum": None, "min_good_fraction": 0.2,
}  # fmt: skip
PREDICTION = {
    "block": 64, "method": "map", "weighting": "ivar", "snr_min": 3.0, "usable": {},
}  # fmt: skip
N = 30


@pytest.fixture(scope="module")
def sample():
    """A model of 30 stars, its limits, and its spectra as arrays."""
    rng = np.random.default_rng(3)
    teff = rng.uniform(3200, 3900, N)
    waves = np.sin(WAVELENGTH / 90)
    flux = 1 + 0.3 * waves * (teff[:, None] - 3500) / 400
    flux += rng.normal(0, 0.02, flux.shape)
    ivar = np.full(flux.shape, 0.02**-2)
    slam = SupportVectors.fit(
        teff[:, None], flux, ivar, label_names=["teff"], wavelength=WAVELENGTH,
        source_id=np.arange(1, N + 1), folds=3, seed=1, threads=1, block=200,
        grid={"C": [10.0], "epsilon": [0.1], "gamma": [0.1]}, normalisation=SPECTRA,
    )  # fmt: skip
    stars = Table({"source_id": np.arange(1, N + 1)})
    stars["sdss_id"], stars["snr"], stars["status"] = 0, 50.0, "ok"
    planes = flux.astype(np.float32), ivar.astype(np.float32)
    spectra = SpectrumSet(WAVELENGTH, *planes, stars)
    table = label_stars(labeller(slam), spectra, PREDICTION, threads=1)
    limits = limits_of(learn_limits(table, ["teff"]))
    table["flags"] |= beyond_limits(table, table["snr"], ["teff"], limits)
    return slam, limits, flux, table


@pytest.mark.parametrize("said, at_rest", [("", False), ("# V_RAD: 90\n", True)])
def test_the_same_star_has_the_same_labels_and_flags(sample, tmp_path, said, at_rest):
    slam, limits, flux, expected = sample
    paths = []
    for k, row in enumerate(flux[:6]):
        rows = [f"{x},{y!r},0.02" for x, y in zip(WAVELENGTH, row.tolist())]
        head = f"# AIRORVAC: vac\n# SNR: 50\n{said}wavelength_angstrom,flux,error\n"
        paths.append(tmp_path / f"{k}.csv")
        paths[-1].write_text(head + "\n".join(rows))
    model = ModelOfRun(slam, PREDICTION, limits=limits, at_rest=at_rest)
    found = predict_files(paths, model)
    assert set(found["v_rad_source"]) == {"rest"}
    for name in ("teff", "chi2", "correlation", "v_offset"):
        np.testing.assert_allclose(found[name], expected[name][:6], rtol=1e-6)
    np.testing.assert_array_equal(found["flags"], expected["flags"][:6])
    assert not (found["flags"] & int(BY_LIMITS)).any()


def test_the_run_says_whether_its_spectra_were_taken_to_be_at_rest():
    files = {"table": "a.csv", "columns": {"file": "file"}}
    assert taken_at_rest({"source": "files", "files": files | {"velocity": "rest"}})
    assert not taken_at_rest({"source": "files", "files": files})
    assert not taken_at_rest({"source": "simulated"})
