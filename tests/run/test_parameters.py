import pytest

from mdwarfs.run.parameters import (
    WHOLE,
    configuration_keys,
    other_settings,
    value_of,
)

CONFIG = {
    "seed": 20251120,
    "boss": {"class": "STAR"},
    "candidates": {"ruwe_max": 1.4},
    "pairs": {"ruwe_max": 1.4, "r_chance_align_max": 0.1, "fgk_teff": [4000, 7000]},
    "extinction": {"r_v": 0.1},
    "prediction": {"block": 128, "usable": {"feh": [-0.6, 0.5]}},
    "slam": {"block": 128, "labels": ["feh", "teff"]},
    "labels": {"source": "own"},
    "files": {"validation": 5, "fetch": None},
}


@pytest.mark.parametrize(
    ("params", "keys"),
    [
        ({"seed": 20251120}, {"seed": 20251120}),
        ({"boss": {"class": "STAR"}}, {"boss": {"class": "STAR"}}),
        ({"fgk_teff": [4000, 7000]}, {"pairs.fgk_teff": [4000, 7000]}),
        ({"names": ["feh", "teff"]}, {"slam.labels": ["feh", "teff"]}),
        (
            {"pairs": {"ruwe_max": 1.4, "fgk_teff": [4000, 7000]}},
            {"pairs.fgk_teff": [4000, 7000], "pairs.ruwe_max": 1.4},
        ),
        ({"labels": "own"}, {"labels.source": "own"}),
        ({"validation": 5}, {"files.validation": 5}),
        ({"config": CONFIG}, {WHOLE: None}),
        ({"code": "0123", "stamp": {"run": "x"}}, {}),
    ],
)
def test_values_tell_their_keys(params, keys):
    assert configuration_keys(params, CONFIG) == keys


@pytest.mark.parametrize(
    "params", [{"block": 128}, {"limit": 0.1}, {"every": True}, {"n": 5}, {"x": None}]
)
def test_a_value_that_stands_at_several_places_or_anywhere_is_of_no_key(params):
    assert configuration_keys(params, CONFIG) == {}
    assert other_settings(params, CONFIG) == params


def test_a_rule_says_what_names_and_values_do_not():
    params = {"block": 128, "config_keys": {"block": "prediction.block"}}
    assert configuration_keys(params, CONFIG) == {"prediction.block": 128}
    assert other_settings(params, CONFIG) == {}
    figure = {
        "settings": {"limit": 1.4, "sdss": "v6"},
        "config_keys": {"limit": "pairs.ruwe_max", "sdss": "sdss.version"},
    }
    assert configuration_keys(figure, CONFIG) == {"pairs.ruwe_max": 1.4}


def test_values_by_key():
    assert value_of("prediction.usable.feh", CONFIG) == [-0.6, 0.5]
    assert value_of("prediction.usable.teff", CONFIG) is None
    assert value_of("seed.more", CONFIG) is None
    assert value_of(WHOLE, CONFIG) == CONFIG
