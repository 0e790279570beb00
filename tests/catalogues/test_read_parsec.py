import gzip

import numpy as np
import pytest
from astropy.table import Table, vstack

from mdwarfs.catalogues.parsec import read_output, read_parsec
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.parsec import write_isochrones

WANTED = {"log_age": 9.5, "mh": [0.3, 0.0, -0.3, -0.6]}


def isochrone(m_h, log_age=9.5):
    mass = np.linspace(0.1, 1.2, 12)
    table = Table({"mini": mass, "mass": mass, "log_l": 4 * np.log10(mass)})
    table["log_te"], table["logg"] = 3.5 + 0.2 * mass, 5 - 0.5 * mass
    table["label"] = [0] + 9 * [1] + 2 * [3]
    for i, name in enumerate(["m_bol", "m_g", "m_bp", "m_rp"]):
        table[name] = 15 - 8 * mass + m_h + 0.1 * i
    table["m_h"], table["log_age"] = m_h, log_age
    return table


@pytest.fixture
def path(tmp_path):
    tables = [isochrone(m_h) for m_h in WANTED["mh"]]
    write_isochrones(tmp_path / "parsec.dat", vstack([*tables, isochrone(0.0, 10.0)]))
    return tmp_path / "parsec.dat"


def test_round_trip_up_to_the_end_of_the_main_sequence(path):
    rows = read_parsec(path, WANTED)
    assert list(np.unique(rows["m_h"])) == sorted(WANTED["mh"])
    assert set(rows["log_age"]) == {9.5} and set(rows["label"]) == {0, 1}
    assert len(rows) == 4 * 10
    expected = isochrone(-0.3)[:10]
    found = rows[rows["m_h"] == -0.3]
    for name in ("mass", "log_te", "logg", "m_g", "m_bp", "m_rp"):
        np.testing.assert_allclose(found[name], expected[name], atol=6e-4)


@pytest.mark.parametrize("name", ["gaiaedr3_0_010500", "gaiaedr3_0_020500"])
def test_real_output_of_an_older_server(real, name):
    path = real / "parsec" / f"{name}.dat.gz"
    rows = read_output(path)
    assert len(np.unique(rows["log_age"])) == 63
    m_h = float(rows["m_h"][0])
    sequence = read_parsec(path, {"log_age": 9.5, "mh": [m_h]})
    dwarfs = sequence[(sequence["mini"] < 0.7) & (sequence["label"] == 1)]
    assert len(dwarfs) >= 15
    assert (np.diff(dwarfs["m_g"]) < 0).all() and (dwarfs["m_g"] > 6).all()


def test_isochrone_that_is_not_there_is_named(path):
    with pytest.raises(InputError, match=r"no isochrone of \[M/H\] = 0.1 and log age"):
        read_parsec(path, {"log_age": 9.5, "mh": [0.0, 0.1]})
    with pytest.raises(InputError, match="log age 9.0; ask the CMD server"):
        read_parsec(path, {"log_age": 9.0, "mh": [0.0]})


def test_padding_is_null(path):
    text = path.read_text().replace("14.600 ", "99.999 ")
    path.write_text(text)
    rows = read_output(path)
    assert 0 < np.isnan(rows["m_g"]).sum() < len(rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda text: text[: len(text) // 2],
            "does not end in '#isochrone",
        ),
        (lambda text: text.replace("Gmag", "gmag"), r"lacks the column\(s\) Gmag"),
        (lambda text: text.replace(" 0 0.000", " 0"), "a row does not fit"),
        (lambda text: "<html>error</html>", "web page"),
    ],
)
def test_output_that_is_not_whole(path, change, message):
    path.write_text(change(path.read_text()))
    with pytest.raises(InputError, match=f"parsec.dat.*{message}"):
        read_parsec(path, WANTED)


def test_gzipped_output(path):
    packed = path.with_name("packed.dat")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert len(read_output(packed)) == 60
