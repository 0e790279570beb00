"""The stellar labels: one entry each, from which all that treats labels alike follows.

That is all products, and how labels are written: symbols, headings, units, decimals,
axes, flags, content descriptors. What is about certain labels names them: the readers
of catalogues, the simulation, and the paper's figures and comparisons of [Fe/H], Teff
and log g.

To add a label, add

- an entry here; a label with a usable range needs a bit `outside`, the power of two
  after the largest in `BITS` of `mdwarfs.slam.infer.flags`;
- its columns to the reader of its catalogue (`mdwarfs.catalogues`). For a catalogue
  that is none of `SOURCES`, add its name there and its table to
  `mdwarfs.samples.labels`;
- for simulated runs, its truth (`mdwarfs.simulation.stars`) and its measurement by the
  catalogue (`mdwarfs.simulation.measurements`);
- its name to `slam.labels` of a configuration.

CONTRIBUTING.md has the recipe, `tests/strangers/test_add_label.py` an example.
"""

from dataclasses import dataclass
from typing import Any

from mdwarfs.errors import InputError

SOURCES = ("lamost_fgk", "niu", "apogee_net", "aspcap")
"""Where the training sample has labels from, in the order in which it asks: LAMOST's
catalogue of the FGK primary, the correction of Niu+2023 to it, and two catalogues of
the M dwarf."""


@dataclass(frozen=True, kw_only=True)
class Label:
    r"""A stellar label.

    Attributes
    ----------
    name
        Of its column in every product, in `slam.labels` and in `prediction`.
    unit
        As astropy writes it; its uncertainties have the same.
    text
        Description of the column.
    words, short
        What it is called within a sentence, with its article if it takes one, and in
        headings and tables of texts.
    tex
        Symbol in figures and printed tables. Matplotlib, unlike LaTeX, sets no space
        after an operator: write ``\,`` there.
    brief
        What stands for `short` in headings of columns and axes, where that is too long.
    decimals
        In figures and printed tables; texts give one more, unless it is 0.
    visible
        Difference that figures have to show: slopes of spectra are per this much, and
        axes of differences reach at least this far, or half of it.
    half_axis
        The shortest half of an axis of differences between stars.
    ucd
        What it is in the words of the Virtual Observatory (IVOA, UCD1+); None where
        none fits.
    possible, error, dwarf
        Lowest and highest value that any star can have, that an uncertainty can have
        (the lowest excluded), and that an M dwarf can have. They are wide: they judge
        whether a number is a measurement, not whether it is a good one.
    source
        One of `SOURCES`: where the training sample takes it from.
    lacking
        What a star that has no such label lacks, after the word "no".
    abundance
        An abundance: the stars of a wide binary have it in common.
    scale_of
        The label of which this is the value on another scale. A star has one of the
        two quantities: they move together, and share the error of the measurement.
    released
        Its column in the SLAM table that SDSS released.
    paper
        Its column in the paper's Tables 3 and 4.
    step
        Half of the difference over which slopes of a spectrum are taken; labels that
        are `scale_of` another take its step.
    outside
        Bit of `flags` that says that the label is outside its usable range: a power of
        two that no other flag has, which is never changed, as published catalogues
        have it. Without it, no usable range can be configured.
    """

    name: str
    unit: str
    text: str
    words: str
    short: str
    tex: str
    decimals: int
    possible: tuple[float, ...]
    error: tuple[float, ...]
    dwarf: tuple[float, ...]
    source: str
    lacking: str
    abundance: bool
    scale_of: str | None = None
    brief: str | None = None
    visible: float = 0.1
    half_axis: float = 0.4
    ucd: str | None = None
    released: str | None = None
    paper: str | None = None
    step: float | None = None
    outside: int | None = None

    @property
    def form(self) -> str:
        """Format of its values in texts, such as ".3f"."""
        return f".{self.digits}f"

    @property
    def digits(self) -> int:
        """Decimals in texts."""
        return self.decimals + 1 if self.decimals else 0

    @property
    def heading(self) -> str:
        """What it is called in headings of columns, in Unicode."""
        return (self.brief or self.short).replace("alpha", "α")


def registry(*labels: Any) -> dict:
    """Labels by name, in their order.

    Raises
    ------
    InputError
        If two have one name or one bit, or an entry refers to what does not exist.
    """
    found = {label.name: label for label in labels}
    bits = [label.outside for label in labels if label.outside is not None]
    if len(found) < len(labels) or len(set(bits)) < len(bits):
        raise InputError("mdwarfs/labels.py: two labels have the same name or bit")
    for label in labels:
        if label.outside is not None and label.outside.bit_count() != 1:
            raise InputError(
                f"mdwarfs/labels.py: {label.name} has the bit {label.outside}, which "
                "is no power of two"
            )
        if label.source not in SOURCES:
            raise InputError(
                f"mdwarfs/labels.py: {label.name} has the source {label.source!r}; "
                f"there are {', '.join(SOURCES)}"
            )
        if label.scale_of is not None and label.scale_of not in found:
            raise InputError(
                f"mdwarfs/labels.py: {label.name} is on another scale than "
                f"{label.scale_of!r}, which is no label"
            )
        if label.scale_of is None and label.step is None:
            raise InputError(f"mdwarfs/labels.py: {label.name} has no step")
    return found


METALLICITY = {"possible": (-6.0, 2.0), "error": (0.0, 3.0), "dwarf": (-4.0, 1.5)}

# The order is that of the columns of every product. Main-sequence stars of 0.08 to 0.7
# solar masses have log g 4.4 to 5.5 (Mann+2015; Baraffe+2015): `dwarf` leaves room for
# large errors, and none for a fill value of 0. An error of Teff below 0.1 K is in kK.
LABELS = registry(
    Label(
        name="feh", unit="dex", text="[Fe/H]",
        words="[Fe/H]", short="[Fe/H]", tex="[Fe/H]", decimals=2, **METALLICITY,
        source="lamost_fgk", lacking="LAMOST [Fe/H]", abundance=True,
        released="fe_h", paper="FeH", step=0.04, outside=1, ucd="phys.abund.Z",
    ),
    Label(
        name="feh_niu", unit="dex",
        text="[Fe/H] on the scale of Niu+2023 (paper, equation 11)",
        words="[Fe/H] on the scale of Niu+2023",
        short="[Fe/H] on the scale of Niu+2023",
        tex=r"[Fe/H]$_{\rm Niu}$", decimals=2, **METALLICITY,
        source="niu", lacking="primary within 4000-7000 K for feh_niu", abundance=True,
        scale_of="feh", brief="[Fe/H] (Niu scale)", ucd="phys.abund.Z",
        released="fe_h_niu", paper="FeH_niu",
    ),
    Label(
        name="alpha_m", unit="dex", text="[alpha/M]",
        words="[alpha/M]", short="[alpha/M]", tex=r"[$\alpha$/M]", decimals=2,
        possible=(-2.0, 2.0), error=(0.0, 3.0), dwarf=(-1.0, 1.5),
        source="aspcap", lacking="ASPCAP [alpha/M]", abundance=True,
        half_axis=0.15, ucd="phys.abund",
        released="alpha_fe", paper="alphaM", step=0.03,
    ),
    Label(
        name="teff", unit="K", text="Effective temperature",
        words="the effective temperature", short="Teff", tex=r"$T_{\rm eff}$",
        decimals=0,
        possible=(1500.0, 50_000.0), error=(0.1, 3000.0), dwarf=(2000.0, 6000.0),
        source="apogee_net", lacking="APOGEE Net Teff", abundance=False,
        visible=100.0, half_axis=200.0, ucd="phys.temperature.effective",
        released="teff", paper="Teff", step=20.0, outside=2,
    ),
    Label(
        name="logg", unit="dex", text="Surface gravity, log10 of cm/s2",
        words="the surface gravity", short="log g", tex=r"$\log\,g$", decimals=2,
        possible=(-2.0, 7.0), error=(0.0, 3.0), dwarf=(3.0, 6.5),
        source="apogee_net", lacking="APOGEE Net log g", abundance=False,
        half_axis=0.15, ucd="phys.gravity",
        released="logg", paper="logg", step=0.04, outside=4,
    ),
)  # fmt: skip

BY_SOURCE = tuple(sorted(LABELS, key=lambda x: SOURCES.index(LABELS[x].source)))
"""The labels in the order of the catalogues that the training sample has them from."""

OF_PAPER = {x: LABELS[x].paper for x in BY_SOURCE if LABELS[x].paper}
"""Labels of the paper's tables, with their columns there."""

RELEASED = {
    x: LABELS[x].released
    for x in sorted(LABELS, key=lambda x: LABELS[x].abundance)
    if LABELS[x].released
}
"""Labels of the released SLAM table, with their columns, which it has in this order."""

QUANTITIES = {
    x: (x, *(other for other in LABELS if LABELS[other].scale_of == x))
    for x in LABELS
    if LABELS[x].scale_of is None
}
"""What a spectrum can tell, each with the labels that say it. A star has one
metallicity, so [Fe/H] on its two scales moves together: of each alone, with the other
fixed, a spectrum says next to nothing."""
