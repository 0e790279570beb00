import h5py
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.config import merge_config, read_config
from mdwarfs.errors import InputError
from mdwarfs.given.sample import read_sample
from mdwarfs.given.settings import paths
from mdwarfs.literature import air
from mdwarfs.spectra.normalise_all import INVENTED, OF_THE_SKY
from mdwarfs.spectra.signal import COLUMNS as OF_FILES
from mdwarfs.validation.snr_scale import add_scale
from tests.given.made import (
    COLUMNS,
    NAMES,
    WAVELENGTH,
    flux_of,
    labels_of,
    observe,
    write_sample,
)

SIZES = {"train": 3, "test": 1}
GRID = np.arange(6000.0, 9001.0, 20.0)


@pytest.fixture(scope="module")
def settings(root):
    config = read_config([root / "config" / "config.yaml"])
    return merge_config(config["spectra"], {"step_dex": 1e-3})


@pytest.fixture
def plain(settings):
    """A linear grid, and spectra that are normalised already."""
    changes = {"wave_min": 6000, "wave_max": 9000, "step_dex": None, "step": 20}
    return settings | changes | {"continuum": None}


def read(files, folder, settings, **changes):
    files = {"table": str(folder / "stars.csv"), **files, **changes}
    return read_sample(
        files,
        paths(files, folder / "raw", folder),
        settings,
        NAMES,
        sizes=SIZES,
        seed=1,
        simulated=files.get("simulated", False),
    )


def arrays(folder, n=8):
    """A table and normalised spectra of n stars, with their inverse variances."""
    labels = labels_of(n)
    flux = np.array([flux_of(x, GRID) / (1000 * (GRID / 7000) ** 1.5) for x in labels])
    table = Table(labels, names=NAMES)
    table["name"] = [f"Star {k}" for k in range(n)]
    table.write(folder / "stars.csv", format="ascii.csv")
    return table, flux.astype("f4"), np.full(flux.shape, 1e4, "f4")


ARRAY = {"wavelength": "wave", "flux": "flux", "ivar": "ivar"}
OF_ARRAY = {"columns": {name: name for name in NAMES} | {"id": "name"}}
OF_ARRAY |= {"velocity": "rest", "validation": 4}


@pytest.mark.parametrize("form", ["npz", "h5", "fits", "columns"])
def test_an_array_is_copied_pixel_by_pixel_whatever_its_form(tmp_path, plain, form):
    table, flux, ivar = arrays(tmp_path)
    flux[2, 5], ivar[3, 7] = np.nan, 0
    path, array = tmp_path / f"spectra.{form}", dict(ARRAY)
    files = OF_ARRAY | {"array": array | {"file": str(path)}}
    if form == "npz":
        np.savez(path, wave=GRID, flux=flux, ivar=ivar)
    elif form == "h5":
        with h5py.File(path, "w") as file:
            file["wave"], file["flux"], file["ivar"] = GRID / 10, flux, ivar
            file["wave"].attrs["units"] = "nm"  # as netCDF and CF do
    elif form == "fits":
        names = {"WAVE": GRID, "FLUX": flux, "IVAR": ivar}
        hdus = [fits.ImageHDU(data, name=name) for name, data in names.items()]
        fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
    else:
        table["flux"], table["ivar"] = flux, ivar
        table["wave"] = np.tile(GRID, (8, 1))
        table.write(tmp_path / "stars.fits")
        files |= {"table": str(tmp_path / "stars.fits"), "array": array}
    sample = read(files, tmp_path, plain)
    good = np.isfinite(flux) & (ivar > 0)
    np.testing.assert_array_equal(sample.spectra.flux, np.where(good, flux, 1))
    np.testing.assert_allclose(sample.spectra.ivar, np.where(good, 1e4, 0), rtol=1e-6)
    assert sample.spectra.ok.all() and sample.labels["labelled"].all()
    expected = 100 * np.nanmedian(flux, axis=1)
    np.testing.assert_allclose(sample.labels["snr"], expected, rtol=0.02)
    assert sorted(set(sample.labels["fold"])) == [0, 1, 2, 3]


def test_rows_that_are_selected_keep_their_spectra(tmp_path, plain):
    table, flux, ivar = arrays(tmp_path)
    path = tmp_path / "spectra.npz"
    np.savez(path, flux=flux, error=ivar**-0.5)
    array = {"file": str(path), "wavelength": {"start": 6000, "step": 20}}
    array |= {"flux": "flux", "error": "error"}
    limit = float(np.median(table["teff"]))
    cut = {"select": [{"column": "teff", "above": limit}], "validation": 2}
    sample = read(OF_ARRAY | {"array": array}, tmp_path, plain, **cut)
    rows = np.flatnonzero(table["teff"] > limit)
    assert list(sample.labels["id"]) == list(table["name"][rows])
    np.testing.assert_array_equal(sample.spectra.flux, flux[rows])
    assert list(sample.selected["n_left"]) == [8, 4]


def test_wavelengths_in_air_are_brought_to_vacuum(tmp_path, plain):
    _, flux, ivar = arrays(tmp_path)
    np.savez(tmp_path / "a.npz", wave=air.to_air(GRID), flux=flux, ivar=ivar)
    array = ARRAY | {"file": str(tmp_path / "a.npz"), "frame": "air"}
    sample = read(OF_ARRAY | {"array": array}, tmp_path, plain)
    np.testing.assert_array_equal(sample.spectra.flux, flux)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"flux": "nothing"}, "has no array nothing"),
        ({"flux": "short"}, "the table has 8 rows"),
        ({"ivar": "narrow"}, "the array of ivar has the shape"),
        ({"wavelength": {"name": "wave", "unit": "K"}}, "'K' is no unit of"),
        ({"wavelength": {"name": "wave", "unit": "dex(nm)"}}, "is no unit of"),
        ({"flux": "Flux"}, r"Flux \(files.array.flux; did you mean flux"),
        ({"ivar": "number"}, "the array of ivar has the shape"),
        ({"flux": "number"}, "the array number has the shape"),
        ({"wavelength": "words"}, "the array words is of <U1; real numbers"),
        ({"flux": "complex"}, "the array complex is of complex64; real numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_named(tmp_path, plain, change, words):
    _, flux, ivar = arrays(tmp_path)
    np.savez(
        tmp_path / "a.npz", wave=GRID, flux=flux, ivar=ivar, short=flux[1:],
        narrow=ivar[:, 1:], number=np.float64(3), words=np.array(["a"] * len(GRID)),
        complex=flux * 1j,
    )  # fmt: skip
    array = ARRAY | {"file": str(tmp_path / "a.npz")} | change
    with pytest.raises(InputError, match=words):
        read(OF_ARRAY | {"array": array}, tmp_path, plain)


def test_errors_in_another_unit_than_the_flux_are_converted(tmp_path, plain):
    _, flux, ivar = arrays(tmp_path)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["wave"], file["flux"], file["error"] = GRID, flux, 1e3 * ivar**-0.5
        file["flux"].attrs["units"] = "W m-2 um-1"
        file["error"].attrs["units"] = "mW m-2 um-1"
    array = {"file": str(path), "wavelength": "wave", "flux": "flux", "error": "error"}
    sample = read(OF_ARRAY | {"array": array}, tmp_path, plain)
    np.testing.assert_allclose(sample.spectra.ivar, 1e4, rtol=1e-5)
    with h5py.File(path, "a") as file:
        file["error"].attrs["units"] = "K"
    with pytest.raises(InputError, match="a.h5 has error in K and flux in W m-2"):
        read(OF_ARRAY | {"array": array}, tmp_path, plain)


def test_two_arrays_of_one_name_are_refused(tmp_path, plain):
    _, flux, ivar = arrays(tmp_path)
    names = [("WAVE", GRID), ("FLUX", flux), ("flux", 2 * flux), ("IVAR", ivar)]
    hdus = [fits.ImageHDU(data, name=name) for name, data in names]
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(tmp_path / "a.fits")
    array = ARRAY | {"file": str(tmp_path / "a.fits")}
    with pytest.raises(InputError, match=r"has 2 arrays FLUX \(files.array.flux\)"):
        read(OF_ARRAY | {"array": array}, tmp_path, plain)


def test_nulls_of_vector_columns_are_bad_pixels(tmp_path, plain):
    table, flux, ivar = arrays(tmp_path)
    counts = np.round(1000 * flux).astype("i4")
    counts[2, 5] = -1
    columns = [
        fits.Column("flux", f"{len(GRID)}J", array=counts, null=-1),
        fits.Column("ivar", f"{len(GRID)}E", array=ivar / 1e6),
        *(fits.Column(name, "D", array=table[name]) for name in NAMES),
    ]
    path = tmp_path / "stars.fits"
    fits.BinTableHDU.from_columns(columns).writeto(path)
    array = {"wavelength": {"start": 6000, "step": 20}, "flux": "flux", "ivar": "ivar"}
    columns = {name: name for name in NAMES}
    files = OF_ARRAY | {"table": str(path), "array": array, "columns": columns}
    sample = read(files, tmp_path, plain)
    bad = np.argwhere(sample.spectra.ivar == 0)
    assert bad.tolist() == [[2, 5]] and sample.labels["labelled"].all()


def test_rows_of_an_array_that_are_the_same_are_one_spectrum(tmp_path, plain):
    _, flux, ivar = arrays(tmp_path)
    flux[6] = flux[1]
    np.savez(tmp_path / "a.npz", wave=GRID, flux=flux, ivar=ivar)
    array = ARRAY | {"file": str(tmp_path / "a.npz")}
    labels = read(OF_ARRAY | {"array": array}, tmp_path, plain).labels
    assert labels["reason"][6] == "its spectrum is that of row 2 too"
    assert list(np.flatnonzero(~labels["labelled"])) == [6]


def test_one_spectrum_by_several_names_is_one(tmp_path, settings):
    table = write_sample(tmp_path, 8)
    spectra = tmp_path / "spectra"
    (spectra / "link.fits").symlink_to(spectra / "4.fits")
    (spectra / "copy.fits").write_bytes((spectra / "5.fits").read_bytes())
    names = ["0.fits", "0.fits[1]", "./0.fits", "3.fits", "4.fits", "5.fits"]
    table["filename"] = [*names, "link.fits", "copy.fits"]
    table["RV"] = np.arange(8.0)  # whatever else their rows say
    table.write(tmp_path / "stars.csv", format="ascii.csv", overwrite=True)
    files = {"columns": COLUMNS | {"v_rad": "RV"}, "folder": str(spectra)}
    labels = read(files, tmp_path, settings, validation=3).labels
    same = {1: 1, 2: 1, 6: 5}
    for k, reason in enumerate(labels["reason"][:7]):
        assert reason == (
            f"its spectrum is that of row {same[k]} too" if k in same else ""
        )
    columns = {"columns": COLUMNS}
    labels = read(files | columns, tmp_path, settings, validation=3).labels
    assert labels["reason"][7] == "its spectrum is that of row 6 too"


def test_cuts_go_by_all_columns_and_by_what_the_spectra_tell(tmp_path, settings):
    table = write_sample(tmp_path, 8)
    table["set"] = ["train"] * 6 + ["", ""]
    table.write(tmp_path / "stars.csv", format="ascii.csv", overwrite=True)
    columns = {name: column for name, column in COLUMNS.items() if name != "snr"}
    files = {"columns": columns | {"role": "set"}, "folder": str(tmp_path / "spectra")}
    cuts = [{"column": "role", "in": ["train"]}, {"column": "snr", "above": 1}]
    labels = read(files, tmp_path, settings, validation=3, cuts=cuts).labels
    assert list(labels["labelled"]) == [True] * 6 + [False] * 2
    assert labels["reason"][7] == "role is not known"


def test_velocities_are_the_file_s_the_table_s_or_those_of_the_others(
    tmp_path, settings
):
    table = write_sample(tmp_path, 8)
    true = -70.0 + 20 * np.arange(8)  # a pixel is 690 km/s
    for k, labels in enumerate(labels_of(8)):
        observe(
            tmp_path / "spectra" / f"{k}.fits", labels, true[k], k,
            redshift=-9999.0 if k == 3 else None,
        )  # fmt: skip
    files = {"columns": COLUMNS, "folder": str(tmp_path / "spectra"), "validation": 4}
    labels = read(files, tmp_path, settings).labels
    assert "velocity" in labels["reason"][3] and labels["labelled"].sum() == 7
    np.testing.assert_allclose(labels["v_rad"][:3], true[:3], atol=1e-3)

    labels = read(files, tmp_path, settings, velocity="others").labels
    assert labels["labelled"].all() and np.isnan(labels["v_rad_file"][3])
    assert np.std(labels["v_rad"] - true) < 10 and (labels["correlation"] > 0.8).all()

    table["RV"] = true
    table.write(tmp_path / "stars.csv", format="ascii.csv", overwrite=True)
    columns = COLUMNS | {"v_rad": "RV"}
    sample = read(files, tmp_path, settings, columns=columns)
    np.testing.assert_allclose(sample.labels["v_rad"], true, atol=1e-9)
    assert sample.labels["labelled"].all()
    rest = read(files, tmp_path, settings, columns=columns, velocity="rest")
    moved = np.abs(rest.spectra.flux - sample.spectra.flux).mean(axis=1)
    assert moved[0] > 2 * moved[3] or moved[7] > 2 * moved[3]


def test_where_no_star_is_fit_the_reasons_are_said(tmp_path, settings):
    write_sample(tmp_path, 2)
    files = {"columns": COLUMNS, "folder": str(tmp_path / "elsewhere")}
    with pytest.raises(InputError, match="2 of 2: there is no such file"):
        read(files, tmp_path, settings)


def test_the_log_names_rows_that_lose_values_or_lack_labels(tmp_path, settings, caplog):
    table = write_sample(tmp_path, 8)
    teff, feh = COLUMNS["teff"], COLUMNS["feh"]
    teff, feh = (x if isinstance(x, str) else x["name"] for x in (teff, feh))
    table[teff] = table[teff].astype("U9")
    table[teff][2] = "3.9kK"
    table[feh] = table[feh].astype("U9")
    table[feh][4] = ""
    for name in (teff, feh):
        table[name][6] = ""
    table.write(tmp_path / "stars.csv", overwrite=True)
    files = {"columns": COLUMNS, "folder": str(tmp_path / "spectra")}
    read(files, tmp_path, settings)
    assert (
        "1 of 8 rows have a value that was dropped, and are not trained on: "
        "Star 2 (teff: '3.9kK' is no number)"
    ) in caplog.messages
    lacking = [x for x in caplog.messages if "rows lack some of the labels" in x]
    assert len(lacking) == 1 and "Star 4 (no feh)" in lacking[0]


def test_roles_of_the_table_are_kept_and_unknown_ones_have_a_reason(tmp_path, settings):
    table = write_sample(tmp_path, 6)
    table["set"] = ["train", "test", "Train", "predict", "trian", "test"]
    table.write(tmp_path / "stars.csv", format="ascii.csv", overwrite=True)
    files = {"columns": COLUMNS | {"role": "set"}, "folder": str(tmp_path / "spectra")}
    sample = read(files, tmp_path, settings)
    role = ["train", "test", "train", "predict", "predict", "test"]
    assert list(sample.labels["role"]) == role
    assert "'trian' is none of" in sample.labels["reason"][4]
    assert list(sample.split["role"]) == ["train", "test", "train", "test"]


def test_what_a_spectrum_says_of_its_snr_goes_with_it(tmp_path, settings):
    table = write_sample(tmp_path, 8)
    with fits.open(tmp_path / "spectra" / "2.fits", mode="update") as hdus:
        hdus[0].header["SNRI"] = 41.0
    (tmp_path / "spectra" / "5.fits").unlink()
    files = {"columns": COLUMNS, "folder": str(tmp_path / "spectra"), "validation": 4}
    sample = read(files, tmp_path, settings)
    stars = sample.spectra.stars
    kinds = ["lamost"] * 8
    kinds[5] = ""
    assert list(stars["kind"]) == kinds and stars["snr_file"][2] == 41
    np.testing.assert_array_equal(stars["snr"], table["SN"])
    # A flux of about 1,000 with errors of 10 in pixels of 1e-4 dex: ten make one of the
    # grid.
    known = np.delete(np.asarray(stars["snr_pixels"]), 5)
    assert (known > 200).all() and (known < 500).all()
    assert np.isnan(stars["snr_pixels"][5])
    laws = add_scale(Table({"label": list(NAMES)}), stars, stars["source_id"])
    assert np.isfinite(laws["snr_factor"]).all()

    columns = {name: column for name, column in COLUMNS.items() if name != "snr"}
    sample = read(files, tmp_path, settings, columns=columns)
    assert sample.labels["snr"][2] == 41  # of the file; of the others, as measured
    others = [0, 1, 3, 4, 6, 7]
    np.testing.assert_array_equal(
        sample.labels["snr"][others], sample.spectra.stars["snr_pixels"][others]
    )


def test_rows_of_an_array_have_the_snr_of_their_pixels(tmp_path, plain):
    _, flux, ivar = arrays(tmp_path)
    np.savez(tmp_path / "a.npz", wave=GRID, flux=flux, ivar=ivar)
    array = ARRAY | {"file": str(tmp_path / "a.npz")}
    stars = read(OF_ARRAY | {"array": array}, tmp_path, plain).spectra.stars
    assert set(stars["kind"]) == {"array"} and np.isnan(stars["snr_file"]).all()
    expected = 100 * np.median(flux, axis=1)
    np.testing.assert_allclose(stars["snr_pixels"], expected, rtol=1e-5)
    assert [str(stars[name].unit or "") for name in OF_FILES] == ["", "", ""]


@pytest.mark.parametrize("simulated", [False, True])
def test_stars_of_the_sky_and_invented_ones_are_not_mixed(
    tmp_path, settings, simulated
):
    write_sample(tmp_path, 8)
    for k in (1, 4):
        with fits.open(tmp_path / "spectra" / f"{k}.fits", mode="update") as hdus:
            hdus[0].header["SIMULATD"] = True
    files = {"columns": COLUMNS, "folder": str(tmp_path / "spectra"), "validation": 2}
    files |= {"simulated": simulated, "velocity": "others" if simulated else "file"}
    sample = read(files, tmp_path, settings)
    stamped = np.isin(np.arange(8), (1, 4))
    reason = OF_THE_SKY if simulated else INVENTED
    for k, labels in enumerate(sample.labels):
        assert labels["reason"] == ("" if stamped[k] == simulated else reason)
        assert labels["labelled"] == sample.spectra.ok[k] == (stamped[k] == simulated)


def test_text_is_what_the_run_says_unless_it_says_so_itself(tmp_path, settings):
    table = write_sample(tmp_path, 6)
    for k, labels in enumerate(labels_of(6)):
        flux = flux_of(labels, WAVELENGTH)
        lines = ["# AIRORVAC: vac", "# V_RAD: 0"]
        lines += {4: ["# SIMULATD: true"], 5: ["# SIMULATD: false"]}.get(k, [])
        lines.append("wavelength_angstrom,flux,error")
        lines += [f"{w:.6f},{f:.4f},10" for w, f in zip(WAVELENGTH, flux)]
        (tmp_path / "spectra" / f"{k}.csv").write_text("\n".join(lines) + "\n")
    table["filename"] = [f"{k}.csv" for k in range(6)]
    table.write(tmp_path / "stars.csv", format="ascii.csv", overwrite=True)
    files = {"columns": COLUMNS, "folder": str(tmp_path / "spectra"), "validation": 2}
    for simulated, reasons in (
        (False, [""] * 4 + [INVENTED, ""]),
        (True, [""] * 5 + [OF_THE_SKY]),
    ):
        sample = read(files, tmp_path, settings, simulated=simulated)
        assert list(sample.labels["reason"]) == reasons


def test_an_array_of_invented_stars_is_no_real_run_s(tmp_path, plain):
    _, flux, ivar = arrays(tmp_path)
    names = {"WAVE": GRID, "FLUX": flux, "IVAR": ivar}
    hdus = [fits.ImageHDU(data, name=name) for name, data in names.items()]
    primary = fits.PrimaryHDU()
    primary.header["SIMULATD"] = True
    fits.HDUList([primary, *hdus]).writeto(tmp_path / "a.fits")
    files = OF_ARRAY | {"array": ARRAY | {"file": str(tmp_path / "a.fits")}}
    with pytest.raises(InputError, match=r"a\.fits: the file is stamped as simulated"):
        read(files, tmp_path, plain)
    assert read(files, tmp_path, plain, simulated=True).labels["labelled"].all()


@pytest.mark.parametrize(
    ("rows", "changes", "words"),
    [
        (0, {}, "stars.csv has no rows"),
        (3, {"[Fe/H]": 0.1}, r"column \[Fe/H\] .files.columns.feh. is 0.1 in all 3"),
        (3, {"gaia": 7}, "all 3 rows .* have one gaia .files.columns.source_id., 7"),
        (3, {"filename": "0.fits"}, "(?s)only Star 0 is fit.*2 of 2: .* of row 1"),
    ],
)
def test_a_table_from_which_nothing_can_be_learnt_says_why(
    tmp_path, settings, rows, changes, words
):
    table = write_sample(tmp_path, 3)
    table["gaia"] = [1, 2, 3]
    for name, value in changes.items():
        table[name] = [value] * 3
    table[:rows].write(tmp_path / "stars.csv", overwrite=True)
    columns = COLUMNS | {"source_id": "gaia"}
    files = {"columns": columns, "folder": str(tmp_path / "spectra")}
    with pytest.raises(InputError, match=words):
        read(files, tmp_path, settings)


def test_a_table_in_another_encoding_says_what_to_do(tmp_path, settings):
    write_sample(tmp_path, 2)
    text = (tmp_path / "stars.csv").read_text().replace("Star 1", "Böotes")
    (tmp_path / "stars.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="line 3 has a char.*save the table as UTF"):
        read({"columns": COLUMNS}, tmp_path, settings)
