import copy
from functools import cache, partial

import numpy as np
import pytest
from astropy.table import vstack

from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.samples import extinction
from mdwarfs.simulation import dust, population, singles
from mdwarfs.simulation import stars as simulated_stars
from mdwarfs.simulation.survey import observed_stars
from mdwarfs.statistics import equal_count_bins
from tests.simulation.conftest import SCALE, SEED


@pytest.fixture(scope="module")
def config(root):
    return read_config([root / "config" / "config.yaml"])


@pytest.fixture(scope="module")
def simulation(config):
    return config["simulation"]


@pytest.fixture(scope="module")
def stars_of(simulation):
    """A function: the stars of a seed, which are not to be changed."""
    return cache(partial(observed_stars, simulation))


@pytest.fixture(scope="module")
def stars(stars_of):
    return stars_of(1)


def with_scale(simulation, scale):
    return {**copy.deepcopy(simulation), "scale": scale}


def labelled(stars):
    """M dwarfs of the pairs that survive the quality cuts and have all labels."""
    return stars[(stars["kind"] == "m_secondary") & (stars["injected"] == "")]


def test_numbers_are_those_of_the_paper(stars, simulation):
    number = {kind: np.sum(stars["kind"] == kind) for kind in set(stars["kind"])}
    assert number["m_secondary"] == number["fgk_primary"] == 1665
    assert len(labelled(stars)) == 1120
    m_m = stars[stars["kind"] == "m_m"]
    assert np.sum(m_m["injected"] == "") == 2 * 256
    fgk_fgk = stars[stars["kind"] == "fgk_fgk"]
    assert np.sum(fgk_fgk["injected"] == "") == 2 * 4078
    assert np.sum(fgk_fgk["injected"] == "r_chance_align") == 2 * 120
    for kind, expected in simulation["contaminants"].items():
        assert number[kind] == expected
    assert np.sum(stars["injected"] == "missing_spectrum") == 12


def test_a_label_without_true_values_is_named(monkeypatch):
    known = (*simulated_stars.ABUNDANCES, "another")
    monkeypatch.setattr(simulated_stars, "ABUNDANCES", known)
    with pytest.raises(InputError, match="draw_abundances has no another"):
        simulated_stars.fgk_dwarfs("x", 3, np.random.default_rng(1))


def test_one_factor_scales_every_number(simulation):
    tenth = population.counts(with_scale(simulation, 0.1))
    assert tenth["fgk_m"] == 166 and tenth["fgk_fgk"] == 408
    assert tenth["contaminants"]["giant"] == 25
    assert tenth["fgk_m_rejected"]["feh_err"] == 25
    # A handful of the rare ones is left.
    assert tenth["missing_spectra"] == tenth["contaminants"]["no_gaia"] == 4


def test_a_scale_that_leaves_no_good_pair_is_refused(simulation):
    with pytest.raises(InputError, match="simulation.scale"):
        population.counts(with_scale(simulation, 0.005))


@pytest.fixture(scope="module")
def other(simulation):
    """Stars of a tenth of the survey with more of a kind and without others."""
    changed = with_scale(simulation, SCALE)
    changed["fgk_m"] *= 2
    changed["m_m"] = changed["m_m_rejected"] = changed["field"] = 0
    changed["contaminants"]["giant"] = 0
    return population.draw(changed, SEED)


def test_a_kind_may_be_absent(other):
    kinds = set(other["kind"])
    assert not kinds & {"m_m", "field", "giant"}
    assert "m_secondary" in kinds


def test_the_number_of_one_kind_does_not_change_another(tenth, other):
    for kind in ("fgk_fgk", "unmatched", "hot_star", "bad_ruwe"):
        for name in ("teff", "distance", "ra"):
            first, second = (t[name][t["kind"] == kind] for t in (tenth, other))
            assert len(first) > 0 and np.array_equal(first, second)


@pytest.mark.dag
def test_seeds_decide_everything(tenth, stars_of, simulation):
    again = observed_stars(with_scale(simulation, SCALE), SEED)
    for name in tenth.colnames:
        np.testing.assert_array_equal(np.asarray(tenth[name]), np.asarray(again[name]))
    assert not np.array_equal(stars_of(1)["teff"], stars_of(2)["teff"])


RANGES = {"feh": (-1.0, 0.5), "teff": (2900, 4200), "logg": (4.4, 5.1)}
USABLE = {"feh": (-0.6, 0.5), "teff": (3100, 3900), "logg": (4.45, 4.95)}


def test_labels_fill_the_usable_ranges_of_table_1(stars):
    sample = labelled(stars)
    for name, (low, high) in USABLE.items():
        outside = (sample[name] < low) | (sample[name] > high)
        assert np.sum(outside) < 26, name  # "< 20" of the 870 that are for training
        assert np.ptp(np.percentile(sample[name], [2, 98])) > 0.55 * (high - low)


@pytest.mark.parametrize("seed", [1, 2])
def test_labels_thin_out_towards_the_ends_of_table_1(stars_of, seed):
    """They come near the ends, without a gap on the way and without a crowd there."""
    sample = labelled(stars_of(seed))
    for name, (low, high) in RANGES.items():
        values = np.sort(sample[name])
        length = high - low
        assert values[0] < low + 0.2 * length and values[-1] > high - 0.2 * length
        assert np.max(np.diff(values)[11:-11]) < 0.05 * length, name
        counts, _ = np.histogram(values, np.linspace(low, high, 27))
        middle = (counts[:-2] + counts[2:]) / 2
        assert np.all(counts[1:-1] < middle + 4.5 * np.sqrt(middle + 3)), name


def test_halo_is_in_the_field_alone_and_moves_as_such(stars):
    halo = stars[stars["population"] == "halo"]
    assert set(halo["kind"]) <= {"field", "lost"}
    assert 8 < len(halo) < 60 and np.max(halo["feh_niu"]) < -0.6
    disc = stars[(stars["population"] == "thin") & (stars["kind"] == "field")]
    assert np.std(halo["v_rad"]) > 3 * np.std(disc["v_rad"]) > 60


def test_criterion_3_costs_what_it_costs_of_real_stars():
    """Of those of Birky+2020: 15 to 19 per cent of the metal-rich, 6 of the poor."""
    n, rng = 10_000, np.random.default_rng(1)
    stars = vstack(
        [singles.field_dwarfs("field", n, rng), singles.lost_dwarfs("lost", n, rng)]
    )
    lost = np.asarray(stars["injected"] == "criterion_3")
    feh = population.feh_on_lamost_scale(stars["feh_niu"])
    teff = np.asarray(stars["teff"])
    assert 0.14 < np.mean(lost[feh > 0.2]) < 0.20
    assert 0.045 < np.mean(lost[feh < 0]) < 0.075
    rich = (feh > 0.1) & (teff > 3400) & (teff < 3600)
    assert 0.20 < np.mean(lost[rich]) < 0.30
    assert np.mean(lost[teff > 3800]) < 0.05


def test_labels_are_correlated_as_in_real_dwarfs(stars):
    sample = labelled(stars)
    correlation = np.corrcoef([sample[n] for n in ("teff", "logg", "feh", "alpha_m")])
    assert correlation[0, 1] < -0.6  # cooler is denser
    assert correlation[2, 3] < -0.4  # alpha falls with [Fe/H]
    assert abs(correlation[0, 2]) < 0.1
    # At one temperature a metal-poor dwarf is the smaller one.
    poor, rich = sample["feh"] < -0.3, sample["feh"] > 0.05
    slope = np.polyfit(sample["teff"], sample["logg"], 1)
    excess = sample["logg"] - np.polyval(slope, sample["teff"])
    assert np.mean(excess[poor]) > np.mean(excess[rich]) + 0.02


def test_signal_to_noise_is_that_of_figure_5(stars):
    """Medians of a test set's bins of 20 stars: 2.3 to 19.3 in the paper."""
    sample = labelled(stars)
    snr = np.asarray(sample["snr"])
    size = len(snr) * 20 // 250
    medians = [np.median(snr[rows]) for rows in equal_count_bins(snr, size)]
    assert 2.0 < medians[0] < 2.6
    assert 17.5 < medians[-1] < 22
    assert 7.0 < np.median(snr) < 9.0
    assert np.max(snr) > 28  # no star is held back
    assert np.corrcoef(sample["phot_g_mean_mag"], np.log(snr))[0, 1] < -0.6


def test_components_of_a_pair_belong_together(stars):
    paired = stars[stars["pair_id"] > 0]
    paired = paired[np.lexsort((paired["component"], paired["pair_id"]))]
    one, two = paired[0::2], paired[1::2]
    assert len(np.unique(paired["pair_id"])) == len(one)
    assert np.all(one["component"] == 1) and np.all(two["component"] == 2)
    for name in ("pair_id", "distance", "feh", "alpha_m", "injected", "sep_au"):
        assert np.array_equal(one[name], two[name])
    assert np.mean(one["phot_g_mean_mag"] < two["phot_g_mean_mag"]) > 0.99
    along = ((one["ra"] - two["ra"] + 180) % 360 - 180) * np.cos(np.radians(one["dec"]))
    shift = np.hypot(along, one["dec"] - two["dec"])
    assert np.all(shift < 0.02)


def test_the_dust_map_covers_all_but_those_meant_to_be_outside(stars):
    boss = ~np.isin(stars["kind"], ["lamost_only", "fgk_fgk"])
    outside = stars["dec"] < -30
    assert np.array_equal(outside[boss], (stars["kind"] == "no_dust")[boss])
    assert np.max(stars["ebv"][stars["m_g"] > 6]) < 0.35


def margins_of(stars, config):
    """By how much each star meets each criterion, as it is observed."""
    a_v = dust.R_V * stars["ebv"]
    magnitudes = (stars[f"phot_{band}_mean_mag"] for band in ("g", "bp", "rp"))
    bare = extinction.deredden(*magnitudes, a_v, config["extinction"]["iterations"])
    mg0 = extinction.absolute_magnitude(bare["g0"], stars["parallax"])
    cuts = config["candidates"]
    line = {
        name: cuts[name]["slope"] * bare["bp_rp0"] + cuts[name]["intercept"]
        for name in ("below", "above")
    }
    return {
        "criterion_1": mg0 - cuts["mg0_min"],
        "criterion_2": line["below"] - mg0,
        "criterion_3": mg0 - line["above"],
        "criterion_4": cuts["ruwe_max"] - np.asarray(stars["ruwe"]),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_each_contaminant_fails_its_own_criterion_first(config, stars_of, seed):
    """Some of them narrowly; and every M dwarf is on the side where it is to be."""
    stars = stars_of(seed)
    margins = margins_of(stars, config)
    kinds = ["m_secondary", "m_m", "field"]
    kept = np.isin(stars["kind"], kinds)
    for name, margin in margins.items():
        assert np.min(margin[kept]) > 0, name
        meant = stars["injected"] == name
        assert np.sum(meant) >= 60
        assert 0 < -np.max(margin[meant]) < 0.25, name
        for earlier in margins:
            if earlier == name:
                break
            assert np.min(margins[earlier][meant]) > 0


def test_giants_and_hot_stars_fill_no_figure_with_edges(stars):
    """No rectangle, no line: at a given colour both scatter without a bound."""
    for kind, width in (("giant", 0.4), ("hot_star", 0.15)):
        own = stars[stars["kind"] == kind]
        colour = np.asarray(own["m_bp"] - own["m_rp"])
        rest = own["m_g"] - np.polyval(np.polyfit(colour, own["m_g"], 3), colour)
        assert np.std(rest) > width
        assert np.max(np.abs(rest)) > 2.3 * np.std(rest)


def test_overluminous_stars_are_spread_above_the_line(config, stars):
    above = -margins_of(stars, config)["criterion_3"]
    above = np.sort(above[stars["kind"] == "overluminous"])
    assert np.mean(above < 0.5) > 0.15  # no island: the line cuts through them
    assert above[-1] > 1.5 and np.max(np.diff(above)[:-5]) < 0.3


def test_unresolved_binaries_are_brighter_and_mostly_pass(config, stars):
    binary, field = (stars["kind"] == kind for kind in ("binary", "field"))
    margin = margins_of(stars, config)["criterion_3"]
    shift = np.median(margin[field]) - np.median(margin[binary])
    assert 0.35 < shift < 0.70
    assert 0.8 < np.mean(margin[binary] > 0) < 0.98
    assert set(stars["injected"][binary]) == {"unresolved"}
    assert np.all(stars["has_spectrum"][binary])
