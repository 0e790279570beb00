import numpy as np
import pytest

from mdwarfs.catalogues.lamost import LABELS, read_lamost
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.errors import InputError
from mdwarfs.simulation.files import lamost as files

LARGE = 3122834441337513729
WRITE = {"fgk": files.write_stellar, "m": files.write_mstellar}


def value(name, i):
    """A value that tells columns apart, such as a star can have."""
    return (3000.0 if name == "teff" else 1.0) + 0.1 * i


def write(path, kind, **columns):
    n = 6
    rows = {
        "obsid": 100 + np.arange(n),
        "gaia_source_id": [str(LARGE), "0", "", "Gaia 5", f"{LARGE}", "12"],
        "snrg": np.array([20.0, 30, 30, 30, 40, np.nan]),
        "subclass": ["G5", "G5", "K1", "K1", "G6", "UNKNOWN"],
    }
    for i, (name, column) in enumerate(LABELS[kind].items()):
        rows[column] = 0.01 * np.arange(n) + value(name, i)
    WRITE[kind](path, {**rows, **columns})
    return path


@pytest.mark.parametrize("kind", ["fgk", "m"])
def test_best_spectrum_of_each_star(tmp_path, kind):
    stars = read_lamost(write(tmp_path / "x.fits.gz", kind), kind)
    assert list(stars["source_id"]) == [LARGE, 12]
    assert list(stars["obsid"]) == [104, 105]
    assert list(stars["n_spectra"]) == [2, 1]
    assert list(stars["subclass"]) == ["G6", ""]
    (bad,) = from_cards(stars.meta)
    assert str(bad) == "1 of 4 source_id: no identifier, such as 'Gaia 5'"
    counts = {name: stars.meta[name] for name in stars.meta if name.startswith("N_")}
    assert counts == {"N_NOID": 2, "N_BADID": 1, "N_STARS": 2, "N_ROWS": 6}
    for i, name in enumerate(LABELS[kind]):
        assert stars[name][0] == pytest.approx(0.04 + value(name, i), abs=1e-3)


def test_sentinels_are_nulls(tmp_path):
    teff = np.array([3400, 3400, 3400, 3400, -9999.0, 3500.0])
    stars = read_lamost(write(tmp_path / "x.fits.gz", "m", teff=teff), "m")
    np.testing.assert_array_equal(stars["teff"], [np.nan, 3500.0])


def test_spectra_of_other_stars_are_not_read(tmp_path):
    path = write(tmp_path / "x.fits.gz", "fgk")
    stars = read_lamost(path, "fgk", [LARGE, LARGE - 128, LARGE + 128, 11])
    assert list(stars["source_id"]) == [LARGE] and list(stars["obsid"]) == [104]
    assert stars.meta["N_ROWS"] == 6
    assert stars.meta["N_BADID"] == len(from_cards(stars.meta)) == 1
    assert len(read_lamost(path, "fgk", [])) == 0


@pytest.mark.parametrize("stars", [None, [LARGE]])
def test_identifiers_that_are_reals_are_refused_with_the_file(tmp_path, stars):
    path = write(tmp_path / "x.fits.gz", "fgk", gaia_source_id=["4.47e18"] * 6)
    text = r"x\.fits\.gz: 6 of 6 values of gaia_source_id .* '4\.47e18', a real"
    with pytest.raises(InputError, match=text):
        read_lamost(path, "fgk", stars)


def test_the_two_catalogues_are_not_taken_for_each_other(tmp_path):
    path = write(tmp_path / "dr11_v2.0_LRS_mstellar.fits.gz", "m")
    with pytest.raises(InputError, match="mstellar.fits.gz lacks the column.*feh"):
        read_lamost(path, "fgk")
