"""The products of a small imaginary run, as the audit reads them."""

import numpy as np
import pytest
import yaml
from astropy.table import Table

from mdwarfs.audit import ledger
from mdwarfs.audit.run import Run
from mdwarfs.validation.aspcap_correction import PUBLISHED, TERMS
from mdwarfs.validation.uncertainty import PUBLISHED as LAWS

# The paper's own Table 2: median and standard deviation.
TABLE_2 = {
    ("R1", "feh"): (0.03, 0.25), ("R1", "teff"): (11, 168), ("R1", "logg"): (0, 0.10),
    ("R2", "feh"): (-0.01, 0.11), ("R3", "feh"): (-0.06, 0.16),
    ("R3", "teff"): (-27, 92), ("R4", "feh"): (0.02, 0.14), ("R5", "teff"): (-34, 65),
    ("R5", "logg"): (-0.01, 0.07), ("R6", "teff"): (-146, 45),
    ("R7", "logg"): (-0.04, 0.09),
}  # fmt: skip


def counts(*steps):
    """A table of counts from (cut, n_alone, n_left)."""
    return Table(rows=list(steps), names=("cut", "n_alone", "n_left"))


def products():
    """Products in which every number is the paper's."""
    n = 1120
    labels = Table({"source_id": np.arange(1, n + 1)})
    ends = {"feh": (-1, 0.5), "teff": (2900, 4200), "logg": (4.4, 5.1)}
    for label, (low, high) in ends.items():
        middle = (low + high) / 2
        labels[label] = np.full(n, float(middle))
        labels[label][:4] = low, high, low, high
        labels[f"e_{label}"] = np.full(n, 0.0)
    role = np.where(np.arange(n) < 870, "train", "test")
    summary = [
        (*key, n, median, 0.0, std, 0.0) for key, (median, std) in TABLE_2.items()
    ]
    laws = [
        (label, law.amplitude, 0.01 * law.amplitude, law.exponent, 0.01, -0.9)
        + (law.snr_min, law.snr_max)
        for label, law in LAWS.items()
    ]
    recovery = [
        (label, "other", 0, std)
        for label, std in (("feh", 0.2), ("teff", 100.0), ("logg", 0.08))
    ]
    fit = ["teff", 500, *PUBLISHED.coefficients, 0.15, 0.2, 0.0, 0.1]
    return {
        "candidate_counts": counts(
            ("entries", 0, 120000), ("criterion_2", 1, 118000),
            ("criterion_3", 1583, 112000), ("criterion_4", 9000, 93000),
        ),
        "pairs_fgk_m_counts": counts(("distinct", 0, 1665), ("ruwe2", 90, 1120)),
        "pairs_m_m_counts": counts(("distinct", 0, 300), ("ruwe2", 9, 256)),
        "pairs_fgk_fgk_counts": counts(("r_chance_align", 0, 4078)),
        "wide_binaries": Table({"R_chance_align": [0.01, 0.05, 0.5, 2.0]}),
        "lamost_fgk": Table({"n_spectra": [7_000_000, 300_000]}),
        "labels": labels,
        "split": Table({"source_id": labels["source_id"], "role": role}),
        "bins": Table({"n": [20, 21, 21]}),
        "power_laws": Table(
            rows=laws,
            names=(
                "label", "amplitude", "e_amplitude", "exponent", "e_exponent",
                "correlation", "snr_min", "snr_max",
            ),
        ),
        "summary": Table(
            rows=summary,
            names=("comparison", "label", "n", "median", "e_median", "std", "e_std"),
        ),
        "recovery": Table(rows=recovery, names=("label", "sample", "bin", "std")),
        "aspcap_correction": Table(
            rows=[fit],
            names=(
                "fit", "n", *TERMS, "median_before", "robust_std_before",
                "median_after", "robust_std_after",
            ),
        ),
        "niu_sign": Table(
            {
                "sign": ["none", "add", "subtract"], "slope": [0.06, 0.12, 0.001],
                "e_slope": [0.001] * 3, "chosen": [False, False, True],
            }
        ),
    }  # fmt: skip


@pytest.fixture(scope="session")
def book():
    """The ledger."""
    return ledger.load()


@pytest.fixture
def config(root):
    """The default configuration."""
    return yaml.safe_load((root / "config" / "config.yaml").read_text())


@pytest.fixture
def sky(config):
    """A run of the real sky that finds what the paper finds."""
    return Run(products(), config, simulated=False)


@pytest.fixture
def simulated(config):
    """The same numbers, in a simulated run."""
    return Run(products(), config, simulated=True)
