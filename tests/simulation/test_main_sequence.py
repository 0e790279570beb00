import gzip

import numpy as np
import pandas as pd
import pytest

from mdwarfs.literature import mann
from mdwarfs.simulation import main_sequence, parsec_rows

TEFF = np.arange(2900.0, 4201.0, 50.0)


def test_cooler_m_dwarfs_are_redder_fainter_smaller_and_denser():
    stars = main_sequence.m_dwarf(TEFF, 0.0)
    mass, radius, logg = main_sequence.m_dwarf_structure(stars.ks)
    assert np.all(np.diff(stars.bp - stars.rp) < 0)
    for magnitude in (stars.g, stars.bp, stars.rp, stars.j, stars.h, stars.ks):
        assert np.all(np.diff(magnitude) < 0)
    assert np.all(np.diff(mass) > 0)
    assert np.all(np.diff(radius) > 0)
    assert np.all(np.diff(logg) < 0)
    assert 0.5 < mass[-1] < 0.75 and 0.08 < mass[0] < 0.2


@pytest.mark.parametrize(
    ("model", "teff"),
    [(main_sequence.m_dwarf, 3500.0), (main_sequence.fgk_dwarf, 5500.0)],
)
def test_metal_poor_dwarfs_are_bluer_and_fainter_at_the_same_temperature(model, teff):
    poor, rich = model(teff, -0.5), model(teff, 0.0)
    assert poor.bp - poor.rp < rich.bp - rich.rp
    assert 0.2 < poor.g - rich.g < 0.6


def test_luminosity_falls_smoothly_across_the_two_sequences():
    track = parsec_rows.isochrones(9.5, [0.0])
    track = track[track["label"] == 1]
    colour = track["m_bp"] - track["m_rp"]
    assert np.all(np.diff(colour) < 0)
    assert np.all(np.diff(track["m_g"]) < 0)
    # The step from one branch to the other is like the steps on either side.
    step = np.abs(np.diff(track["m_g"]))
    assert step.max() < 0.35


def test_relations_of_mann_find_the_offsets_of_the_paper():
    """Table 2: Mann's Teff is 146 K above SLAM's, Mann's log g 0.04 dex."""
    rng = np.random.default_rng(5)
    teff, feh = rng.uniform(3000, 3800, 4000), rng.normal(-0.03, 0.2, 4000)
    stars = main_sequence.m_dwarf(teff, feh)
    found = mann.teff_from_colours(stars.bp - stars.rp, stars.j - stars.h)
    assert np.median(found - teff) == pytest.approx(146, abs=8)
    assert np.std(found - teff) < 45
    mass = mann.mass_from_m_ks(stars.ks)
    radius = mann.radius_from_m_ks(stars.ks)
    physical = mann.logg_from_mass_and_radius(mass, radius)
    _, _, logg = main_sequence.m_dwarf_structure(stars.ks)
    assert np.median(physical - logg) == pytest.approx(0.04, abs=0.015)


def test_fgk_structure_is_that_of_the_sun_at_its_temperature():
    mass, radius, logg = main_sequence.fgk_dwarf_structure(5772.0, 0.0)
    assert mass == pytest.approx(1.0, abs=0.03)
    # At the age of the isochrone, 1 Gyr, the Sun was smaller.
    assert radius == pytest.approx(0.93, abs=0.06)
    assert logg == pytest.approx(4.51, abs=0.04)


def read_parsec(path, log_age=9.5):
    names = (
        "Zini MH logAge Mini int_IMF Mass logL logTe logg label mbolmag Gmag "
        "G_BPmag G_RPmag"
    ).split()
    with gzip.open(path, "rt") as file:
        rows = [line.split() for line in file if not line.startswith("#")]
    table = pd.DataFrame(np.array(rows, float), columns=names)
    ages = table.logAge.unique()
    return table[(table.logAge == ages[np.argmin(np.abs(ages - log_age))])]


@pytest.mark.parametrize("composition", ["0_010500", "0_020500"])
def test_main_sequence_lies_near_parsec(real, composition):
    parsec = read_parsec(real / "parsec" / f"gaiaedr3_{composition}.dat.gz")
    parsec = parsec[(parsec.label == 1) & (parsec.Mini > 0.12) & (parsec.Mini < 0.95)]
    colour = (parsec.G_BPmag - parsec.G_RPmag).to_numpy()
    feh = parsec.MH.iloc[0]
    track = parsec_rows.isochrones(9.5, [feh])
    track = track[track["label"] == 1]
    ours = np.asarray(track["m_bp"] - track["m_rp"])
    inside = (colour > ours.min()) & (colour < ours.max())
    predicted = np.interp(colour, ours[::-1], np.asarray(track["m_g"])[::-1])
    difference = (predicted - parsec.Gmag.to_numpy())[inside]
    assert inside.sum() > 10
    assert np.abs(np.median(difference)) < 0.3


def test_metallicity_moves_the_sequence_as_in_parsec(real):
    """At a given colour of an M dwarf, M_G per dex of [M/H]."""
    colour = np.linspace(1.9, 2.6, 15)
    magnitude, feh = [], []
    for composition in ("0_010500", "0_020500"):
        parsec = read_parsec(real / "parsec" / f"gaiaedr3_{composition}.dat.gz")
        parsec = parsec[(parsec.label == 1) & (parsec.Mini < 0.7)]
        x = (parsec.G_BPmag - parsec.G_RPmag).to_numpy()[::-1]
        magnitude.append(np.interp(colour, x, parsec.Gmag.to_numpy()[::-1]))
        feh.append(parsec.MH.iloc[0])
    theirs = np.median((magnitude[1] - magnitude[0]) / (feh[1] - feh[0]))
    teff = np.linspace(2900, 4200, 200)
    ours = []
    for value in feh:
        stars = main_sequence.m_dwarf(teff, np.full(200, value))
        x = (stars.bp - stars.rp)[::-1]
        ours.append(np.interp(colour, x, stars.g[::-1]))
    slope = np.median((ours[1] - ours[0]) / (feh[1] - feh[0]))
    assert theirs < 0 and slope < 0
    assert 0.5 < slope / theirs < 2.0


@pytest.fixture(scope="module")
def birky(real):
    table = pd.read_csv(real / "birky2020" / "Table6_full_sample.csv.gz")
    table = table.replace(-9999, np.nan)
    table["M_G"] = table.G_MAG + 5 * np.log10(table.PLX) - 10
    good = (table.PLX_ERR / table.PLX < 0.05) & (table.M_G > 6)
    good &= table.M_G > 3.28 * table.BP_RP + 0.10
    good &= table.TEFF.between(3000, 3950) & table.FE_H.between(-0.5, 0.4)
    return table[good & table.K_MAG.notna()]


@pytest.mark.parametrize("low", [3000, 3200, 3400, 3600, 3800])
def test_m_dwarfs_are_those_of_birky_in_colour_and_magnitude(birky, low):
    """Real stars of the same Teff (their scale is 27 K hotter) and [Fe/H]."""
    stars = birky[birky.TEFF.between(low, low + 150)]
    ours = main_sequence.m_dwarf(stars.TEFF.to_numpy() - 27, stars.FE_H.to_numpy())
    assert np.abs(np.median(ours.bp - ours.rp - stars.BP_RP)) < 0.12
    assert np.abs(np.median(ours.g - stars.M_G)) < 0.3
    assert np.abs(np.median(ours.g - ours.j - (stars.G_MAG - stars.J_MAG))) < 0.1
    assert np.abs(np.median(ours.j - ours.h - (stars.J_MAG - stars.H_MAG))) < 0.05
    assert np.abs(np.median(ours.j - ours.ks - (stars.J_MAG - stars.K_MAG))) < 0.05


def test_metallicity_moves_the_sequence_as_in_birky(birky):
    """M_G against [Fe/H] at a given colour."""
    stars = birky[birky.BP_RP.between(2.0, 2.2)]
    slope = np.polyfit(stars.FE_H, stars.M_G - 2.9 * (stars.BP_RP - 2.1), 1)[0]
    teff = np.linspace(3000, 4100, 300)
    at_colour = []
    for feh in (-0.2, 0.2):
        ours = main_sequence.m_dwarf(teff, np.full(300, feh))
        at_colour.append(np.interp(2.1, (ours.bp - ours.rp)[::-1], ours.g[::-1]))
    assert slope < -0.5
    assert (at_colour[1] - at_colour[0]) / 0.4 == pytest.approx(slope, rel=0.4)
