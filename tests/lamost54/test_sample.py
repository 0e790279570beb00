import numpy as np
import pytest
import yaml
from astropy.io import fits

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.lamost54.sample import read_labels, read_sample, training_split
from mdwarfs.lamost54.summary import TO_REACH
from mdwarfs.slam.held_out import LEAVE_ONE_OUT, cross_validated_labels
from mdwarfs.slam.model import Slam
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT
from mdwarfs.spectra.spectrum_set import SpectrumSet

HEADER = (
    "file,lamost,obsid,ra,dec,subclass,z_hdr,snri,name,teff_A,logg_A,feh_A,ref_A,"
    "cif_GaiaDR3_id"
)


@pytest.fixture(scope="module")
def config(root):
    folder = root / "config"
    config = yaml.safe_load((folder / "config.yaml").read_text())
    return config | yaml.safe_load((folder / "lamost54.yaml").read_text())


def observe(path, v_rad, redshift, seed, saturated=False):
    """A LAMOST file of a star with lines and bands, of a known velocity."""
    wavelength = 10 ** (3.5682 + 1e-4 * np.arange(3909))
    rest = wavelength / (1 + v_rad / SPEED_OF_LIGHT)
    flux = 1000 * (wavelength / 7000) ** 1.5
    for head in (6150, 6650, 7050, 8430):
        flux *= 1 - 0.3 * (rest > head) * np.exp(-(rest - head) / 120)
    lines = np.random.default_rng(3)
    for centre in lines.uniform(5900, 9050, 80):
        depth = lines.uniform(0, 0.25)
        flux *= 1 - depth * np.exp(-0.5 * ((rest - centre) / 2) ** 2)
    flux += np.random.default_rng(seed).normal(0, 10, len(flux))
    ivar = np.full(len(flux), 0.01)
    if saturated:
        ivar[2400:3200] = 0
    masks = np.zeros((2, len(flux)))
    hdu = fits.PrimaryHDU(np.vstack([flux, ivar, wavelength, masks]).astype("f4"))
    hdu.header["Z"] = redshift
    hdu.writeto(path)


@pytest.fixture
def sample(tmp_path):
    """Eight stars: six that differ in velocity alone, a saturated and a missing one."""
    velocities = np.array([-80.0, -35, 0, 20, 60, 120, 10, 0])
    rows = []
    for k, v_rad in enumerate(velocities):
        name = f"spec-{k}.fits"
        redshift = -9999.0 if k == 5 else (v_rad + 3 * (-1) ** k) / SPEED_OF_LIGHT
        if k < 7:
            observe(tmp_path / name, v_rad, redshift, k, saturated=k == 6)
        gaia = "" if k == 3 else str(4010201828880793984 + k)
        subclass = "G5" if k == 1 else "M2"
        snr = 20.0 if k == 2 else 80.0
        feh = "" if k == 4 else "-0.1"
        rows.append(
            f"{name},J{k},{100 + k},10.5,-3.25,{subclass},{redshift},{snr},Star {k},"
            f"3500,4.9,{feh},somewhere,{gaia}"
        )
    path = tmp_path / "labels.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path, tmp_path, velocities


def test_labels_keep_identifiers_and_make_nulls_nan(sample):
    labels = read_labels(sample[0])
    assert len(labels) == 8
    assert labels["source_id"][0] == 4010201828880793984
    assert labels["source_id"][3] == labels["obsid"][3] == 103
    assert np.isnan(labels["feh"][4]) and labels["feh"][0] == -0.1
    assert labels["teff"][0] == 3500 and labels["name"][2] == "Star 2"


def test_a_file_that_is_not_the_list_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    with pytest.raises(InputError, match="other.csv: there is no such file"):
        read_labels(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="other.csv is not the list"):
        read_labels(path)


def test_velocities_are_measured_against_each_other(sample, config):
    path, folder, velocities = sample
    spectra, labels = read_sample(
        read_labels(path), folder, config["spectra"], config["lamost54"]
    )
    offset = np.asarray(labels["v_rad"] - velocities)
    assert np.std(offset[:6]) < 2.5
    assert np.abs(np.median(offset[:6])) < 3
    assert np.abs(offset[6]) < 10
    assert np.isnan(labels["v_rad"][7]) and np.isnan(labels["v_rad_pipeline"][5])
    assert (labels["correlation"][:6] > 0.95).all()
    differences = (spectra.flux[:6] - np.median(spectra.flux[:6], axis=0))[:, 50:-50]
    assert differences.std() < 0.03


def test_a_star_is_no_part_of_its_own_template(sample, config):
    path, folder, _ = sample
    _, labels = read_sample(
        read_labels(path)[:1], folder, config["spectra"], config["lamost54"]
    )
    assert labels["correlation"][0] == pytest.approx(0, abs=1e-6)


def test_a_star_that_is_not_fit_keeps_its_row_and_its_reason(sample, config):
    path, folder, _ = sample
    criteria = config["lamost54"] | {"set_aside": [105]}
    spectra, labels = read_sample(
        read_labels(path), folder, config["spectra"], criteria
    )
    for row, reason in {
        0: "",
        1: "classifies it G5",
        2: "SNR 20.0 is below 40",
        3: "",
        4: "no feh",
        5: "set aside: not in the comparison set",
        6: "saturated",
        7: "no such file",
    }.items():
        assert reason in labels["reason"][row]
        assert labels["labelled"][row] == (reason == "")
    assert len(spectra) == 8
    split = training_split(labels)
    assert list(split["source_id"]) == list(labels["source_id"][[0, 3]])
    assert set(split["role"]) == {"train"}


def test_the_real_sample_has_43_clean_stars_and_11_reasons(
    real, config, run_script, tmp_path
):
    folder = real / "lamost"
    names = {"labels": "labels.fits", "split": "split.fits", "spectra": "spectra.fits"}
    output = {key: tmp_path / name for key, name in names.items()}
    run_script(
        "read_lamost54",
        {"labels": folder / "lamost54_labels.csv"},
        output,
        {
            "folder": folder / "spectrum",
            "spectra": config["spectra"],
            "criteria": config["lamost54"],
            "stamp": {"run": "lamost54", "simulated": False},
        },
    )
    labels = tables.read(output["labels"])
    assert len(labels) == 54 and labels["labelled"].sum() == 43
    assert len(tables.read(output["split"])) == 43
    reasons = {row["name"]: row["reason"] for row in labels if row["reason"]}
    assert len(reasons) == 11
    for name, reason in {
        "HD 238090": "saturated",
        "Gl 625": "saturated",
        "G 172-030": "G5",
        "HIP 40910": "could not classify",
        "GJ9689": "could not classify",
        "GJ 3564": "SNR",
        "Gl 471": "set aside",
    }.items():
        assert reason in reasons[name]
    spectra = SpectrumSet.read(output["spectra"])
    assert spectra.ok.all() and spectra.flux.shape == (54, 1740)
    header = fits.getheader(output["spectra"])
    assert header["SIMULATD"] is False

    clean = np.asarray(labels["labelled"])
    shift = (labels["v_rad"] - labels["v_rad_pipeline"])[clean]
    assert 1.4826 * np.nanmedian(np.abs(shift)) < 12


@pytest.mark.dag  # as slow as those: 20 s
def test_real_stars_are_predicted_as_well_as_by_plain_regression(real, config):
    """A fifth of the pixels and one choice of hyperparameters are enough for that."""
    folder = real / "lamost"
    spectra, labels = read_sample(
        read_labels(folder / "lamost54_labels.csv"),
        folder / "spectrum",
        config["spectra"],
        config["lamost54"],
    )
    clean = np.asarray(labels["labelled"])
    names = config["slam"]["labels"]
    known = np.stack([labels[name][clean] for name in names], axis=1)
    found = cross_validated_labels(
        Slam, known, spectra.flux[clean][:, ::5], spectra.ivar[clean][:, ::5],
        held_out=LEAVE_ONE_OUT, seed=1, prediction={"block": 1}, threads=1,
        label_names=names, wavelength=spectra.wavelength[::5],
        grid={"C": [10.0], "epsilon": [0.1], "gamma": [0.1]}, folds=10, block=2000,
    )  # fmt: skip
    scatter = dict(zip(names, (found.labels - known).std(axis=0, ddof=1)))
    for name, (std, _) in TO_REACH.items():
        assert scatter[name] < std
