"""Colours and marks of the two catalogues, in all figures that compare them."""

from mdwarfs.figures import style
from mdwarfs.validation.gained import FLAT, HYBRID, SLAM

POINTS = {"ms": 3.8, "lw": 0.9, "elinewidth": 0.7}
LOOKS = {
    SLAM: {"color": style.GREY, "marker": "s", "ls": "--"},
    HYBRID: {"color": style.BLUE, "marker": "o", "ls": "-"},
    FLAT: {
        "color": style.RED, "marker": "D", "ls": ":", "mfc": "white",
        "label": f"{FLAT} (of the stars that it leaves labels)",
    },
}  # fmt: skip
