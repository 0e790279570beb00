"""The products of a small imaginary run, as the audit reads them."""

from functools import cache

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.audit import ledger
from mdwarfs.audit.run import Run
from mdwarfs.config import read_config
from mdwarfs.literature.aspcap_correction import PUBLISHED, TERMS
from mdwarfs.literature.power_laws import PUBLISHED as LAWS
from mdwarfs.recovery.expected import Given, expected_numbers
from mdwarfs.validation.paper_sample import QUANTITIES, SUMMARY

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


def recovered_counts():
    """Rows as `recover_counts` makes them: every fault under what is to catch it."""
    rows = [
        ("m_type", "field", "", 2388, "criterion_4", False, 0),
        ("m_type", "m_m", "", 512, "criterion_4", False, 0),
        ("m_type", "m_secondary", "", 1115, "criterion_4", False, 0),
        ("m_type", "giant", "criterion_1", 250, "criterion_1", True, 0),
        ("m_type", "giant", "criterion_1", 250, "criterion_3", False, 0),
        ("m_type", "binary", "unresolved", 150, "criterion_3", False, 130),
        ("m_type", "binary", "unresolved", 150, "criterion_4", False, 130),
        ("pairs_fgk_m", "m_secondary", "", 1115, "feh_err", False, 0),
        ("pairs_fgk_m", "m_secondary", "", 1115, "ruwe1", False, 0),
        ("pairs_fgk_m", "m_secondary", "feh_err", 400, "feh_err", True, 0),
        ("pairs_fgk_m", "m_secondary", "ruwe1", 145, "ruwe1", True, 0),
        ("pairs_m_m", "m_m", "", 256, "r_chance_align", False, 0),
        ("pairs_m_m", "m_m", "r_chance_align", 40, "r_chance_align", True, 0),
        ("pairs_fgk_fgk", "fgk_fgk", "", 4078, "r_chance_align", False, 0),
        ("labels", "m_secondary", "no_aspcap", 5, "no_aspcap", True, 0),
        ("slam_labels", "field", "missing_spectrum", 12, "missing_spectrum", True, 0),
    ]
    names = ("sample", "kind", "injected", "n_injected", "cut", "meant", "n_kept")
    return Table(rows=rows, names=names)


def paper_sample():
    """The comparison with the paper's own table: its counts, and its statistics."""
    rows = [
        ("both", "", "Pairs in both samples", 1110),
        ("ours", "", "Pairs of the sample built here alone", 5),
        ("theirs", "", "Pairs of the paper's table alone", 10),
        ("theirs", "boss", "The M dwarf is not among the BOSS stars", 10),
    ]
    counts = Table(rows=rows, names=("membership", "step", "description", "n_pairs"))
    rows = [
        (name, 1110, 1108, 0.0, 0.001, 0.002, 0.01, n, "4561, 4562" if n else "")
        for name in QUANTITIES
        for n in [2 if name == "teff" else 0]
    ]
    return counts, Table(rows=rows, names=list(SUMMARY))


def recovered_sample():
    """What the simulation made different in that table, and what was found of it."""
    rows = [
        ("", "both", "In both", 1080, 1080),
        ("older_teff", "both", "Of an older version", 30, 30),
        ("missing", "ours", "Not in the table", 5, 5),
        ("boss", "theirs", "Only in the table", 10, 10),
    ]
    names = ("injected", "membership", "description", "n_injected", "n_found")
    return Table(rows=rows, names=names)


def compared(slopes):
    """Stars whose differences from the reference go with it, by the label."""
    rng = np.random.default_rng(4)
    table = Table({"used": np.arange(200) < 190})
    for label, (middle, width, slope) in slopes.items():
        offset = width * rng.normal(size=200)
        table[f"{label}_ref"] = middle + offset
        table[label] = middle + (1 + slope) * offset
        table[label][190:] = 0.0  # of which none enters a statistic
    return table


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
        (label, sample, number, snr, 100, 0.0, 0.1 * std, std, std)
        + (0.0, pull, 0.0, 3 * pull, 0.0, 1.0)
        for label, std in (("feh", 0.2), ("teff", 100.0), ("logg", 0.08))
        for sample in ("train", "other")
        for number, snr, pull in ((0, 9.0, 0.8), (1, 4.0, 0.71), (2, 20.0, 0.96))
    ]
    rng = np.random.default_rng(3)
    aspcap = Table({"selected": np.arange(500) % 5 > 0})
    aspcap["teff_aspcap"] = rng.uniform(3100, 4000, 500)
    aspcap["feh_aspcap"] = rng.normal(-0.2, 0.3, 500)
    paper_counts, paper_summary = paper_sample()
    fit = ["teff", 500, *PUBLISHED.coefficients, 0.15, 0.2, 0.0, 0.1]
    return {
        "candidate_counts": counts(
            ("entries", 0, 120000), ("criterion_2", 1, 118000),
            ("criterion_3", 1583, 112000), ("criterion_4", 9000, 93000),
        ),
        "pairs_fgk_m_counts": counts(("distinct", 0, 1665), ("ruwe2", 90, 1120)),
        "pairs_m_m_counts": counts(("distinct", 0, 300), ("ruwe2", 9, 256)),
        "pairs_fgk_fgk_counts": counts(("r_chance_align", 0, 4078)),
        "wide_binaries": Table(
            {"R_chance_align": [0.01, 0.05, 0.5, 2.0]}, meta={"N_ROWS": 4}
        ),
        "lamost_fgk": Table({"n_spectra": [2, 1]}, meta={"N_ROWS": 7_300_000}),
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
        "aspcap": aspcap,
        "test": compared(
            {"feh": (-0.1, 0.3, 0), "teff": (3500, 200, 0), "logg": (4.7, 0.1, 0)}
        ),
        "mann": compared({"logg": (4.7, 0.1, -0.3)}),
        "recovery": Table(
            rows=recovery,
            names=(
                "label", "sample", "bin", "snr", "n", "median", "e_median", "std",
                "robust_std", "pull_median", "pull_std", "formal_pull_median",
                "formal_pull_std", "calibrated_pull_median", "calibrated_pull_std",
            ),
        ),
        "recovered_counts": recovered_counts(),
        "aspcap_correction": Table(
            rows=[fit],
            names=(
                "fit", "n", *TERMS, "median_before", "robust_std_before",
                "median_after", "robust_std_after",
            ),
        ),
        "paper_sample": paper_summary,
        "paper_sample_counts": paper_counts,
        "recovered_sample": recovered_sample(),
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
    return read_config([root / "config" / "config.yaml"])


@pytest.fixture
def sky(config):
    """A run of the real sky that finds what the paper finds."""
    tables = {k: v for k, v in products().items() if not k.startswith("recovered_")}
    return Run(tables, config, simulated=False)


@pytest.fixture
def simulated(config):
    """The same numbers, in a simulated run."""
    run = Run(products(), config, simulated=True)
    put_in(run)
    return run


def put_in(run):
    """Say anew what was put in, after a change of what it is counted from."""
    given = Given(
        run.tables["recovered_counts"],
        run.tables["recovered_sample"],
        run.config["labels"]["source"],
        run.config["split"],
        run.config["prediction"]["usable"]["teff"],
    )
    run.tables["expected"] = expected_numbers(injected(), given)


@cache
def injected():
    """What of the ledger a simulation puts in."""
    return ledger.load().injected()
