"""Fill values and impossible numbers in each real column of each archive's table."""

import numpy as np
import pytest

from mdwarfs.catalogues import astra, behmard, birky, boss, gaia, lamost, wide_binaries
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.errors import InputError
from mdwarfs.simulation.files import astra as astra_files
from mdwarfs.simulation.files import boss as boss_files
from mdwarfs.simulation.files import gaia as gaia_files
from mdwarfs.simulation.files import lamost as lamost_files
from mdwarfs.simulation.files import literature
from mdwarfs.simulation.files import wide_binaries as pair_files
from mdwarfs.tables.physical import limits

N = 60
IDS = 3122834441337513728 + 128 * np.arange(N)
FILLS = (-9999.0, -999.0)


def sound(name):
    """Values of a column that a star can have."""
    right = limits(name)
    middle = {"teff": 3400.0, "raw_teff": 3400.0}.get(name)
    low = right.low if middle is None and right.low > -2 else middle or 0.0
    return low + np.linspace(0.1, 0.9, N)


def names_of(columns):
    """Archive's name by ours, where both are the same."""
    return {name: name for name in columns}


PRODUCTS = {"apogee_net": "ApogeeNet", "aspcap": "ASPCAP", "slam": "Slam"}
TABLES = {
    key: (
        # A difference of two columns is that of test_read_astra.
        {
            x: column
            for x, column in astra.REALS[key].items()
            if isinstance(column, str)
        },
        {"sdss_id": np.arange(N) + 1, "gaia_dr3_source_id": IDS},
        lambda path, rows, product=product: astra_files.write_summary(
            path, product, rows
        ),
        lambda path, key=key: astra.read_astra(path, key),
    )
    for key, product in PRODUCTS.items()
}
TABLES |= {
    f"lamost_{kind}": (
        lamost.LABELS[kind] | {"snrg": "snrg"},
        {"obsid": np.arange(N), "gaia_source_id": IDS.astype(str)},
        write,
        lambda path, kind=kind: lamost.read_lamost(path, kind),
    )
    for kind, write in {
        "fgk": lamost_files.write_stellar,
        "m": lamost_files.write_mstellar,
    }.items()
}
TABLES |= {
    "behmard": (
        behmard.REALS,
        {"name": np.arange(N) + 1, "gaia_dr3_source_id": IDS},
        literature.write_behmard,
        behmard.read_behmard,
    ),
    "birky": (
        birky.REALS,
        {"APOGEE_ID": [f"2M{k:08d}+1234567" for k in range(N)]},
        literature.write_birky,
        birky.read_birky,
    ),
    "boss": (
        {"snr": "SN_MEDIAN_ALL", "ra": "RACAT", "dec": "DECCAT"},
        {"SDSS_ID": np.arange(N) + 1, "CLASS": ["STAR"] * N, "SUBCLASS": ["M1"] * N},
        boss_files.write_spall,
        lambda path: boss.read_boss(path, {"class": "STAR", "subclass": "M"}),
    ),
    "gaia": (
        names_of([*gaia.REALS, *gaia.TMASS]),
        {
            "dr2_source_id": IDS, "source_id": IDS, "tmass_designation": [""] * N,
            "ph_qual": ["AAA"] * N, "angular_distance": np.zeros(N),
            "magnitude_difference": np.zeros(N),
        },
        gaia_files.write_result,
        gaia.read_gaia,
    ),
    "wide_binaries": (
        names_of([f"{name}{k}" for name in wide_binaries.COMPONENT for k in (1, 2)])
        | {"sep_au": "sep_AU", "R_chance_align": "R_chance_align"},
        {"source_id1": IDS, "source_id2": IDS + 1, "binary_type": ["MSMS"] * N},
        pair_files.write_catalogue,
        wide_binaries.read_wide_binaries,
    ),
}  # fmt: skip


def read(key, path, values):
    """What the reader makes of a table with these values in its real columns."""
    columns, rows, write, reader = TABLES[key]
    write(path, rows | {columns[name]: values[name] for name in columns})
    return reader(path)


@pytest.mark.parametrize("key", TABLES)
def test_a_sound_table_loses_nothing(tmp_path, key):
    stars = read(key, tmp_path / "raw", {name: sound(name) for name in TABLES[key][0]})
    assert len(stars) == N and from_cards(stars.meta) == []
    for name in TABLES[key][0]:
        assert np.isfinite(stars[name]).all(), name


@pytest.mark.parametrize("key", TABLES)
def test_a_fill_value_is_null_in_every_column(tmp_path, key):
    """In each column other stars have them: two the first, one the second."""
    values, bad = {}, {}
    for k, name in enumerate(TABLES[key][0]):
        bad[name] = [3 * k, 3 * k + 1, 3 * k + 2]
        values[name] = sound(name)
        values[name][bad[name]] = np.take(FILLS, [0, 0, 1])
    stars = read(key, tmp_path / "raw", values)
    assert len(stars) == N
    for name, rows in bad.items():
        assert np.flatnonzero(np.isnan(stars[name])).tolist() == rows, name
    found = from_cards(stars.meta)
    assert {(f.column, f.reason, f.n, f.of) for f in found} == {
        (name, f"fill value {fill:g}", n, N)
        for name in bad
        for fill, n in zip(FILLS, (2, 1))
    }
    assert len(found) == 2 * len(bad)


@pytest.mark.parametrize(
    "key", sorted(set(TABLES) - {"boss"})
)  # BOSS stars may have none
def test_a_table_of_stars_without_identifiers_is_refused(tmp_path, key, monkeypatch):
    columns, rows, write, reader = TABLES[key]
    lost = {
        "sdss_id": 0, "name": 0, "gaia_source_id": "null", "APOGEE_ID": "AP0",
        "source_id": 0, "source_id1": 0,
    }  # fmt: skip
    changed = {x: [lost[x]] * N for x in rows if x in lost}
    monkeypatch.setitem(TABLES, key, (columns, rows | changed, write, reader))
    with pytest.raises(InputError, match=f"raw.*none of {N} "):
        read(key, tmp_path / "raw", {name: sound(name) for name in columns})
