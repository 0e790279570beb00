"""Fill values and impossible numbers in each real column of each archive's table."""

import numpy as np
import pytest

from mdwarfs.catalogues import astra, behmard, birky, boss, gaia, lamost, wide_binaries
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.physical import limits
from mdwarfs.simulation.files import astra as astra_files
from mdwarfs.simulation.files import boss as boss_files
from mdwarfs.simulation.files import gaia as gaia_files
from mdwarfs.simulation.files import lamost as lamost_files
from mdwarfs.simulation.files import literature
from mdwarfs.simulation.files import wide_binaries as pair_files

N = 24
IDS = 3122834441337513728 + 128 * np.arange(N)
BAD = [4, 9]


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
        astra.REALS[key],
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
COLUMNS = [(key, name) for key, (columns, *_) in TABLES.items() for name in columns]


def read(key, path, change=None, values=None):
    """What the reader makes of a table, sound but for one column."""
    columns, rows, write, reader = TABLES[key]
    rows = rows | {theirs: sound(ours) for ours, theirs in columns.items()}
    if change is not None:
        rows[columns[change]] = values
    write(path, rows)
    return reader(path)


@pytest.mark.parametrize("key", TABLES)
def test_a_sound_table_loses_nothing(tmp_path, key):
    stars = read(key, tmp_path / "raw")
    assert len(stars) == N and from_cards(stars.meta) == []
    for name in TABLES[key][0]:
        assert np.isfinite(stars[name]).all(), name


@pytest.mark.parametrize("fill", [-9999.0, -999.0])
@pytest.mark.parametrize(("key", "name"), COLUMNS)
def test_a_fill_value_is_null_in_every_column(tmp_path, key, name, fill):
    values = sound(name)
    values[BAD] = fill
    stars = read(key, tmp_path / "raw", name, values)
    assert np.flatnonzero(np.isnan(stars[name])).tolist() == BAD
    (found,) = from_cards(stars.meta)
    assert (found.column, found.n, found.of) == (name, 2, N)
    assert found.reason == f"fill value {fill:g}"
