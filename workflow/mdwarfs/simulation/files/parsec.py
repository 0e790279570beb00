"""PARSEC isochrones as the CMD web server of Padova writes them."""

import numpy as np
from astropy.table import Table

from mdwarfs.simulation.files.fits_table import COMMENT, write_file
from mdwarfs.types import PathLike

# Columns of CMD 3.7 and 3.8 for the photometric system "Gaia EDR3".
COLUMNS = """Zini MH logAge Mini int_IMF Mass logL logTe logg label McoreTP C_O period0
period1 period2 period3 period4 pmode Mloss tau1m X Y Xc Xn Xo Cexcess Z mbolmag Gmag
G_BPmag G_RPmag""".split()
FORMATS = """.8f .5f .5f .10f .10f .10f .3f .4f .3f d .3f .3f .5e .5e .5e .5e .5e d .3e
.3e .4f .4f .3e .3e .3e .2f .8f .3f .3f .3f .3f""".split()
HEADER = f"""\
# File in the form of CMD 3.8 (http://stev.oapd.inaf.it/cmd)
# {COMMENT}
# Photometric system: Gaia EDR3 (all Vegamags, Gaia passbands from ESA/Gaia website)
# Kind of output: isochrone tables
"""
Z_SUN = 0.0152  # Bressan+2012


def write_isochrones(path: PathLike, isochrones: Table) -> None:
    """Write isochrones as one output of the CMD server.

    Parameters
    ----------
    isochrones
        Columns m_h, log_age, mini, mass, log_l, log_te, logg, label, m_bol, m_g,
        m_bp, m_rp; each isochrone's rows together. What concerns evolved stars alone
        (pulsation periods, dust, mass loss) and the number of stars (int_IMF) is 0.
    """
    metals = Z_SUN * 10.0 ** np.asarray(isochrones["m_h"], float)
    helium = 0.2485 + 1.78 * metals  # Bressan+2012
    given = {
        "Zini": metals, "MH": "m_h", "logAge": "log_age", "Mini": "mini",
        "Mass": "mass", "logL": "log_l", "logTe": "log_te", "logg": "logg",
        "label": "label", "pmode": np.full(len(isochrones), -1),
        "X": 1 - helium - metals, "Y": helium, "Z": metals, "mbolmag": "m_bol",
        "Gmag": "m_g", "G_BPmag": "m_bp", "G_RPmag": "m_rp",
    }  # fmt: skip
    values = []
    for name, form in zip(COLUMNS, FORMATS):
        column = given.get(name, np.zeros(len(isochrones)))
        column = isochrones[column] if isinstance(column, str) else column
        values.append([f"{value:{form}}" for value in np.asarray(column).tolist()])
    lines = [HEADER]
    last = None
    for row in zip(*values):
        if row[1:3] != last:
            lines.append("# " + " ".join(COLUMNS) + "\n")
            last = row[1:3]
        lines.append(" ".join(row) + "\n")
    lines.append("#isochrone terminated\n")
    write_file(path, ["".join(lines).encode("ascii")])
