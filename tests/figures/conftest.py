"""Small synthetic products from which the figures are drawn."""

from functools import cache

import numpy as np
import pytest
from astropy.table import Table, vstack

from mdwarfs.config import read_config
from mdwarfs.figures import (
    figure_01,
    figure_02,
    figure_03,
    figure_04,
    figure_05,
    figure_06,
    figure_07,
    figure_08,
    figure_09,
    figure_10,
    figure_11,
    figure_12,
)
from mdwarfs.literature.aspcap_correction import PUBLISHED
from mdwarfs.literature.niu import to_niu_scale
from mdwarfs.literature.power_laws import PUBLISHED as LAWS
from tests.figures.layout import Layout


@pytest.fixture(scope="session")
def config(root):
    """The default configuration."""
    return read_config([root / "config" / "config.yaml"])


def stars(n, seed):
    """Dwarfs with labels on a plausible main sequence."""
    rng = np.random.default_rng([7, seed])
    teff, feh = rng.uniform(3000, 4100, n), np.clip(rng.normal(-0.1, 0.25, n), -1, 0.5)
    colour = 1.7 + (4000 - teff) / 450 + 0.3 * feh
    magnitude = 8.2 + 2.9 * (colour - 1.9) - 0.9 * feh + rng.normal(0, 0.1, n)
    return Table(
        {
            "source_id": np.arange(1, n + 1),
            "feh": feh, "teff": teff, "logg": 4.4 + 0.06 * (magnitude - 7),
            "bp_rp0": colour, "mg0": magnitude, "snr": rng.uniform(2, 40, n),
        }
    )  # fmt: skip


def compared(n, seed, offsets):
    """Stars with reference values that differ by an offset and some scatter."""
    rng = np.random.default_rng([8, seed])
    table = stars(n, seed)
    for label, (offset, scatter) in offsets.items():
        table[f"{label}_ref"] = table[label] - offset - scatter * rng.standard_normal(n)
    table["used"] = np.arange(n) % 5 > 0
    return table


def pairs(n, seed):
    """Pairs; every fourth does not pass the cuts."""
    first, second = stars(n, seed), stars(n, seed + 1)
    table = Table({"selected": np.arange(n) % 4 > 0})
    for k, star in ((1, first), (2, second)):
        for name in ("bp_rp0", "mg0"):
            table[f"{name}{k}"] = star[name]
    return table


def isochrones():
    """Four straight main sequences, with a giant branch that is not to be drawn."""
    colour = np.linspace(1, 4, 20)
    parts = [
        Table(
            {
                "m_h": np.full(20, m_h), "label": np.where(colour > 3.8, 3, 1),
                "mini": np.linspace(0.7, 0.1, 20), "m_bp": colour,
                "m_rp": np.zeros(20), "m_g": 5 + 2.5 * (colour - 1) - m_h,
            }
        )
        for m_h in (0.3, 0.0, -0.3, -0.6)
    ]  # fmt: skip
    return vstack(parts)


def products(n):
    """All products that figures read, with `n` stars in each."""
    rng = np.random.default_rng(9)
    m_type = stars(n, 1)
    m_type["candidate"] = np.arange(n) % 3 > 0
    labels = stars(n, 2)
    role = np.where(np.arange(n) % 4 > 0, "train", "test").astype("U5")
    bins, laws = [], []
    for label, law in LAWS.items() if n else ():
        for low, high in ((2, 5), (5, 12), (12, 30)):
            middle = np.sqrt(low * high)
            scatter = float(law.sigma(middle))
            bins.append((label, middle, low, high, 0.1 * scatter, 0.05 * scatter))
            bins[-1] += (scatter, 0.1 * scatter)
        laws.append((label, law.amplitude, law.exponent, 12.34, 10, 3.0, 20.0))
    names = "label snr snr_min snr_max cv_bias e_cv_bias cv_scatter e_cv_scatter"
    m_m = stars(n, 3)
    m_m["feh1"], m_m["feh2"] = m_m["feh"] + 0.05, m_m["feh"]
    m_m["used"] = np.arange(n) % 5 > 0
    aspcap = stars(n, 4)
    aspcap["teff_aspcap"], aspcap["feh_aspcap"] = aspcap["teff"] + 146, aspcap["feh"]
    aspcap["correction"] = PUBLISHED(aspcap["teff_aspcap"], aspcap["feh_aspcap"])
    aspcap["feh"] = aspcap["feh_aspcap"] + aspcap["correction"]
    aspcap["feh_aspcap_corrected"] = aspcap["feh"]
    aspcap["selected"] = np.arange(n) % 6 > 0
    teff1 = rng.uniform(4300, 6900, 4 * n)
    teff2, feh = rng.uniform(4100, teff1), rng.normal(-0.1, 0.2, 4 * n)
    fgk = Table(
        {
            "teff1": teff1, "teff2": teff2,
            "feh1": to_niu_scale(feh, teff1, "subtract"),
            "feh2": to_niu_scale(feh, teff2, "subtract"),
            "selected": np.arange(4 * n) % 7 > 0,
        }
    )  # fmt: skip
    return {
        "m_type": m_type, "pairs_fgk_m": pairs(n, 5), "pairs_m_m": pairs(n, 6),
        "labels": labels,
        "split": Table({"source_id": labels["source_id"], "role": role}),
        "test": compared(
            n, 7, {"feh": (0.03, 0.2), "teff": (11, 150), "logg": (0, 0.1)}
        ),
        "bins": Table(rows=bins or None, names=names.split()),
        "power_laws": Table(
            rows=laws or None,
            names="label amplitude exponent chi2 dof snr_min snr_max".split(),
        ),
        "m_m": m_m,
        "birky": compared(n, 8, {"feh": (-0.06, 0.1), "teff": (-27, 80)}),
        "behmard": compared(n, 9, {"feh": (0.02, 0.1)}),
        "lamost_m": compared(n, 10, {"teff": (-34, 60), "logg": (-0.01, 0.05)}),
        "mann": compared(n, 11, {"teff": (-146, 30), "logg": (-0.04, 0.05)}),
        "catalogue": stars(n, 12), "aspcap": aspcap, "parsec": isochrones(),
        "pairs_fgk_fgk": fgk,
        "sign": Table(
            {"sign": ["none", "add", "subtract"], "chosen": [False, True, False]}
        ),
    }  # fmt: skip


def draw_all(p, config):
    """All twelve figures, by number."""
    bins, usable = config["figures"], config["prediction"]["usable"]
    return {
        1: figure_01.draw(p["m_type"], config["candidates"]),
        2: figure_02.draw(p["pairs_fgk_m"], p["pairs_m_m"]),
        3: figure_03.draw(p["labels"], p["split"], usable),
        4: figure_04.draw(p["test"]),
        5: figure_05.draw(p["bins"], p["power_laws"]),
        6: figure_06.draw(p["m_m"], p["birky"], p["behmard"]),
        7: figure_07.draw(
            p["birky"], p["lamost_m"], p["mann"], bins["teff_bin"], usable
        ),
        8: figure_08.draw(p["lamost_m"], p["mann"], bins["logg_bin"], usable),
        9: figure_09.draw(p["catalogue"]),
        10: figure_10.draw(p["aspcap"]),
        11: figure_11.draw(p["catalogue"], p["aspcap"], p["parsec"]),
        12: figure_12.draw(p["pairs_fgk_fgk"], p["sign"]),
    }


@pytest.fixture(scope="session")
def tables():
    """Products of 120 stars each."""
    return products(120)


@pytest.fixture(scope="session")
def figures(tables, config):
    """The twelve figures of those products; not to be changed by a test."""
    return draw_all(tables, config)


@pytest.fixture(scope="session")
def layout_of(figures):
    """Where the panels of one of them lie, which is found once."""
    return cache(lambda number: Layout(figures[number]))


@pytest.fixture(scope="session")
def empty_figures(config):
    """The twelve figures of a run without stars."""
    return draw_all(products(0), config)


@pytest.fixture(scope="session")
def panels_of():
    """The panels of a figure, without its colour bars."""

    def panels_of(figure):
        return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]

    return panels_of


@pytest.fixture(scope="session")
def texts_of():
    """Everything that is written in a panel."""

    def texts_of(axes):
        legend = axes.get_legend()
        written = [text.get_text() for text in axes.texts]
        return (
            written + [t.get_text() for t in legend.get_texts()] if legend else written
        )

    return texts_of
