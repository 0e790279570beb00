"""The stellar labels: their order, units, names, and uncertainties.

Their descriptions are in `mdwarfs.columns`; how figures write them, in
`mdwarfs.figures.style`.
"""

from mdwarfs.columns import CALIBRATED, ERROR, FORMAL, VOCABULARY

LABELS = ("feh", "feh_niu", "alpha_m", "teff", "logg")
UNITS = {label: VOCABULARY[label][0] for label in LABELS}

# In texts: names, and the format of a number by its unit.
NAMES = {
    "feh": "[Fe/H]",
    "feh_niu": "[Fe/H] on the scale of Niu+2023",
    "alpha_m": "[alpha/M]",
    "teff": "Teff",
    "logg": "log g",
}
FORMATS = {"dex": ".3f", "K": ".0f"}

# The uncertainties that the catalogue gives of each label, by the prefix of the column.
UNCERTAINTIES = {"formal": FORMAL, "power law": ERROR, "calibrated": CALIBRATED}
