"""What other surveys and authors report of the simulated stars.

Offsets and scatters are those of the paper's Table 2 and section 5, less the share of
SLAM's own errors: so each comparison has something to find, and what it should find is
known. The reference scales are those of the training labels: Teff and log g of APOGEE
Net, [alpha/M] of ASPCAP, [Fe/H] of LAMOST (`feh`) or of Niu+2023 (`feh_niu`).
"""

import numpy as np
from astropy.table import Table

from mdwarfs.labels import RELEASED
from mdwarfs.literature import aspcap_correction, niu, power_laws
from mdwarfs.run.parallel import slices

# Reported minus true, and scatter. (The paper gives SLAM minus reference.)
BIRKY = {"teff": (27.0, 45.0), "feh": (0.06, 0.07)}
BEHMARD = {"teff": (40.0, 50.0), "feh": (-0.02, 0.07)}
LAMOST_M = {"teff": (34.0, 40.0), "logg": (0.01, 0.045), "m_h": (-0.10, 0.15)}
# Errors of the reference labels: of the best spectrum, and over its SNR. With them the
# test scatter is that of the paper; docs/simulation.md has what they leave unexplained.
FEH_ERROR = (0.145, 0.3)  # of the primaries, LAMOST [dex]
TEFF_ERROR = (40.0, 2250.0)  # APOGEE Net [K]
LOGG_ERROR = (0.06, 0.05)  # APOGEE Net [dex]
FAILED_FEH_ERR = (0.205, 0.60)  # of the primaries that a quality cut is to remove

# ASPCAP's calibrated Teff of M dwarfs follows the colour relation of Mann+2015.
ASPCAP_TEFF, ASPCAP_RAW_TEFF = (146.0, 30.0), (40.0, 45.0)
ASPCAP_LOGG, ASPCAP_RAW_LOGG = (0.04, 0.04), (-0.25, 0.10)
ASPCAP_ALPHA = 0.03
# [Fe/H] of M dwarfs in ASPCAP: its spread at given Teff, and the spread of the true
# [Fe/H] about equation 10. Together they give the spread of the simulated population.
ASPCAP_FEH_SPREAD, ASPCAP_FEH_RESIDUAL = 0.22, 0.165
ASPCAP_FEH_GRID = np.linspace(-1.8, 0.8, 261)
MEAN_FEH = -0.12
AT_ONCE = 4096  # stars for which the whole grid is in memory


def _report(true, offset, scatter, rng):
    """True values with an offset and normal scatter."""
    return true + rng.normal(offset, scatter, len(true))


def lamost_fgk(
    stars: Table, snrg: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """LAMOST parameters of F, G and K dwarfs.

    [Fe/H] carries the temperature-dependent error of equation 11: reported = true +
    Delta(Teff), so that subtracting Delta brings it back (Niu+2023).

    Parameters
    ----------
    stars
        `teff`, `logg`, `feh_niu`, `injected`; one row per spectrum.
    snrg : shape (n,)
        Signal-to-noise ratio of each spectrum in g.

    Returns
    -------
    each of shape (n,)
        By the columns of the A/F/G/K catalogue.
    """
    n = len(stars)
    least, noise = FEH_ERROR
    feh_err = np.minimum(least + noise / snrg + rng.uniform(0, 0.02, n), 0.195)
    failed = np.asarray(stars["injected"] == "feh_err")
    feh_err[failed] = rng.uniform(*FAILED_FEH_ERR, n)[failed]
    teff_err = 20 + 700 / snrg
    logg_err = 0.03 + 1.5 / snrg
    teff = np.asarray(stars["teff"]) + 0.6 * teff_err * rng.standard_normal(n)
    feh = stars["feh_niu"] + niu.niu_offset(teff) + feh_err * rng.standard_normal(n)
    return {
        "teff": teff,
        "teff_err": teff_err,
        "logg": stars["logg"] + 0.6 * logg_err * rng.standard_normal(n),
        "logg_err": logg_err,
        "feh": np.clip(feh, -2.5, 0.9),
        "feh_err": feh_err,
    }


def lamost_m(
    stars: Table, snrg: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """LAMOST parameters of M dwarfs (Du+2024); columns of the gM/dM/sdM catalogue.

    Parameters and returns as for `lamost_fgk`; `stars` has `feh` as well.
    """
    noise = 1 + 6 / snrg
    columns = {}
    true = {"teff": stars["teff"], "logg": stars["logg"], "m_h": stars["feh"]}
    for name, (offset, scatter) in LAMOST_M.items():
        columns[name] = _report(np.asarray(true[name]), offset, scatter, rng)
        columns[f"{name}_err"] = scatter * noise
    return columns


def apogee_net(
    stars: Table, snr: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Teff and log g of APOGEE Net III: the reference scale, with its errors.

    Parameters
    ----------
    stars
        `teff`, `logg`.
    snr : shape (n,)
        Signal-to-noise ratio of the APOGEE spectra.

    Returns
    -------
    each of shape (n,)
        By the columns of astraAllStarApogeeNet.
    """
    e_teff, e_logg = (least + noise / snr for least, noise in (TEFF_ERROR, LOGG_ERROR))
    n = len(stars)
    teff = stars["teff"] + e_teff * rng.standard_normal(n)
    logg = stars["logg"] + e_logg * rng.standard_normal(n)
    # Bit 0 stands here for the pipeline's warning on [Fe/H], which flags cool dwarfs.
    suspect = (teff < 3200) | (logg > 5)
    return {
        "teff": np.asarray(teff), "e_teff": e_teff,
        "logg": np.asarray(logg), "e_logg": e_logg,
        "fe_h": _report(np.asarray(stars["feh"]), -0.1, 0.15, rng),
        "e_fe_h": np.full(n, 0.1),
        "result_flags": np.where(suspect, 1, 0), "flag_bad": np.asarray(suspect),
    }  # fmt: skip


def aspcap(
    stars: Table, snr: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Labels of ASPCAP, whose [Fe/H] of M dwarfs is that of equation 10.

    At given Teff and [Fe/H] of ASPCAP, the true [Fe/H] is on average ASPCAP's plus
    equation 10. ASPCAP's [Fe/H] is therefore drawn from its distribution given the
    true one, rather than computed from the equation's inverse, which has none for
    metal-rich cool stars.

    Parameters and returns as for `apogee_net`, with the columns of astraAllStarASPCAP;
    `stars` has `feh` and `alpha_m` as well.
    """
    n = len(stars)
    true = {name: np.asarray(stars[name]) for name in ("teff", "logg", "feh")}
    teff = _report(true["teff"], *ASPCAP_TEFF, rng)
    feh = _aspcap_feh(teff, true["feh"], rng)
    e_alpha = ASPCAP_ALPHA * (0.7 + 15 / np.maximum(snr, 15))
    alpha = stars["alpha_m"] + np.minimum(e_alpha, 0.04) * rng.standard_normal(n)
    m_h = feh + rng.normal(0, 0.02, n)
    return {
        "teff": teff, "e_teff": np.full(n, 30.0),
        "logg": _report(true["logg"], *ASPCAP_LOGG, rng), "e_logg": np.full(n, 0.04),
        "raw_teff": _report(true["teff"], *ASPCAP_RAW_TEFF, rng),
        "raw_logg": _report(true["logg"], *ASPCAP_RAW_LOGG, rng),
        "fe_h": feh, "e_fe_h": np.full(n, 0.03), "raw_fe_h": feh,
        "m_h_atm": m_h, "e_m_h_atm": np.full(n, 0.02), "raw_m_h_atm": m_h,
        "alpha_m_atm": np.asarray(alpha), "e_alpha_m_atm": np.minimum(e_alpha, 0.04),
        "raw_alpha_m_atm": np.asarray(alpha),
        # Bit 3: treated as an M dwarf; bit 4: log g censored, as [M/H] < -0.6.
        "calibrated_flags": 8 + 16 * (m_h < -0.6), "flag_bad": np.asarray(snr < 20),
    }  # fmt: skip


def _aspcap_feh(teff, feh, rng):
    """[Fe/H] of ASPCAP given its Teff and the true [Fe/H], by inverting the CDF."""
    grid = ASPCAP_FEH_GRID
    share = rng.random(len(feh))
    index = [_below(share[k], teff[k], feh[k]) for k in slices(len(feh), AT_ONCE)]
    step = grid[1] - grid[0]
    within = rng.uniform(-step / 2, step / 2, len(feh))
    return grid[np.concatenate(index)] + within


def _below(share, teff, feh):
    """How many points of the grid of [Fe/H] have a smaller CDF than the share."""
    grid = ASPCAP_FEH_GRID
    x, y = np.broadcast_arrays(teff[:, None], grid)
    corrected = y + aspcap_correction.PUBLISHED(x, y)
    centre = grid[np.argmin(np.abs(corrected - MEAN_FEH), axis=1)]
    log_p = -0.5 * ((grid - centre[:, None]) / ASPCAP_FEH_SPREAD) ** 2
    log_p -= 0.5 * ((feh[:, None] - corrected) / ASPCAP_FEH_RESIDUAL) ** 2
    cdf = np.cumsum(np.exp(log_p - log_p.max(axis=1, keepdims=True)), axis=1)
    cdf /= cdf[:, -1:]
    return np.sum(cdf < share[:, None], axis=1)


def astra_slam(
    stars: Table, snr: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The released SLAM table of Astra, with its traps.

    Its e_* are variances, and "bad" is set for normal ends of the optimiser as well.

    Parameters
    ----------
    stars
        The true labels.
    snr : shape (n,)
        Signal-to-noise ratio of the BOSS spectra.

    Returns
    -------
    each of shape (n,)
        By the columns of astraAllStarSlam.
    """
    n = len(stars)
    sigma = {name: law.sigma(snr) for name, law in power_laws.PUBLISHED.items()}
    sigma["feh_niu"] = sigma["feh"]
    sigma["alpha_m"] = 0.3 * sigma["feh"]
    columns = {}
    for name, column in RELEASED.items():
        error = 0.7 * sigma[name]
        columns[column] = stars[name] + error * rng.standard_normal(n)
        columns[f"e_{column}"] = (0.1 * sigma[name]) ** 2
        columns[f"initial_{column}"] = stars[name] + sigma[name]
    status = rng.choice([1, 2, 3, 4], n, p=[0.1, 0.75, 0.1, 0.05])
    bad = ~np.isin(status, (0, 2)) + 2 * (
        (columns["teff"] < 2800) | (columns["teff"] > 4500)
    )
    bad = bad + 4 * ((columns["fe_h"] < -1) | (columns["fe_h"] > 0.5))
    return columns | {
        "success": np.ones(n, bool), "status": status, "optimality": np.ones(n, bool),
        "result_flags": np.asarray(bad), "flag_bad": np.asarray(bad > 0),
    }  # fmt: skip


def birky(stars: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Teff and [Fe/H] of Birky+2020, by the columns of its Table 6."""
    return {
        "TEFF": _report(np.asarray(stars["teff"]), *BIRKY["teff"], rng),
        "FE_H": _report(np.asarray(stars["feh"]), *BIRKY["feh"], rng),
    }


def behmard(stars: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Teff and [Fe/H] of Behmard+2025, by the columns of the value-added catalogue."""
    n = len(stars)
    return {
        "Teff_cannon": _report(np.asarray(stars["teff"]), *BEHMARD["teff"], rng),
        "Teff_err": np.full(n, 50.0),
        "fe_h_cannon": _report(np.asarray(stars["feh"]), *BEHMARD["feh"], rng),
        "fe_h_err": np.full(n, 0.08),
    }
