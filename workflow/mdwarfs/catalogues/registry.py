"""The raw files of a run and the catalogues made from them, one entry each.

A catalogue to compare with is one entry of `CATALOGUES`, its reader, and an address in
the configuration (`archives.inputs`). The rules `clean_catalogue` and
`compare_catalogue`, the summary of the comparisons, Table 2, the plan of the requests,
the check of the archives and the manual of the configuration follow from the entry.

Functions are given by name and not imported here. So a job loads only those that it
uses, and edits for other catalogues do not change its digest.
"""

from dataclasses import dataclass, field

FIRST_RELEASE = 19  # of SDSS, with BOSS spectra of M dwarfs


@dataclass(frozen=True)
class RawFile:
    """A file of an archive, or what an archive answers to a query, as a file.

    Attributes
    ----------
    key
        Its name in `archives.inputs` of the configuration.
    path
        Where it lies below the folder of raw files, with the name that its archive
        gives it; `{run2d}`, `{astra_boss}` and `{astra_apogee}` are those of the data
        release (`mdwarfs.catalogues.releases.RELEASES`).
    words
        What it is, for the manual of the configuration.
    excerpt
        Dotted name of what is read of it (`mdwarfs.catalogues.excerpt.Excerpt`), or of
        a function that says so, see `mdwarfs.archives.wanted`; empty if it is no FITS
        table, or if it is small and nothing is known of it.
    header
        Dotted name of the columns (sequence of str) that the first line of a text table
        must have, with commas between; empty if it is another kind of file, or if
        nothing is known of it.
    queried
        Whether a rule of its own asks an archive for it (route `query`). SkyServer is
        asked for any table that the configuration names.
    optional
        Whether a run on the archives can do without it.
    since
        Data release of SDSS from which on a run compares with it.
    release
        Data release of SDSS whose versions its name has; None: that of the run.
    simulated
        Of a catalogue to compare with, dotted name of the function that writes it in a
        simulated run, see `mdwarfs.simulation.catalogues`; empty if a simulated run
        goes without. (The other files `mdwarfs.simulation.survey` writes together.).
    """

    key: str
    path: str
    words: str
    excerpt: str = ""
    header: str = ""
    queried: bool = False
    optional: bool = False
    since: int = FIRST_RELEASE
    release: int | None = None
    simulated: str = ""


@dataclass(frozen=True)
class Offset:
    """What is expected of SLAM minus a catalogue, as somebody has published it.

    Attributes
    ----------
    median, std
        Of the differences, in the unit of the label.
    within
        How far a run's median and standard deviation may be from them, beside two
        standard errors of the run.
    """

    median: float
    std: float
    within: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """How SLAM is compared with a catalogue.

    Attributes
    ----------
    name
        What SLAM is compared with, as Table 2 prints it.
    labels
        Stellar labels that both have, by our names.
    key
        Column by which stars are matched, of the clean catalogue and of the candidates.
    least
        Column whose least value decides among several rows of one `key`; empty if
        there are none such.
    line
        Line of the paper's Table 2 (R1 to R7); empty for a comparison of our own.
    expected
        By label; empty if nothing is.
    function
        Dotted name of the function that compares.
    """

    name: str
    labels: tuple[str, ...]
    key: str = "source_id"
    least: str = ""
    line: str = ""
    expected: dict[str, Offset] = field(default_factory=dict)
    function: str = "mdwarfs.validation.comparisons.compare_catalogue"


@dataclass(frozen=True)
class Catalogue:
    """A clean catalogue that is made of one raw file, and of nothing else.

    Attributes
    ----------
    name
        The product is `catalogues/<name>.fits`, and `comparisons/<name>.fits` what it
        is compared with.
    reader
        Dotted name of a function that takes the path of the raw file and returns the
        catalogue (astropy.table.Table), nulls as nulls and each star once.
    arguments
        Further arguments of the reader.
    order
        Columns by which the rows are sorted, because archives give them in any order;
        empty if the order of the file is kept.
    comparison
        None if SLAM is not compared with it star by star.
    """

    name: str
    raw: RawFile
    reader: str
    arguments: dict = field(default_factory=dict)
    order: tuple[str, ...] = ()
    comparison: Comparison | None = None


# Files of which no catalogue is made, or one that takes more than the file: such
# catalogues have rules of their own.
RAW_FILES = (
    RawFile(
        "spall",
        "boss/spAll-lite-{run2d}.fits.gz",
        "BOSS list of spectra",
        excerpt="mdwarfs.archives.wanted.spall",
    ),
    RawFile(
        "gaia",
        "gaia/gaia_dr3_2mass.vot.gz",
        "Gaia DR3 and 2MASS of the BOSS stars",
        queried=True,
    ),
    RawFile(
        "lamost_stellar",
        "lamost/dr11_v2.0_LRS_stellar.fits.gz",
        "LAMOST A/F/G/K stars",
        excerpt="mdwarfs.archives.wanted.lamost_fgk",
        queried=True,
    ),
    RawFile("bayestar", "bayestar/bayestar2019.h5", "Bayestar19 dust map"),
    RawFile("parsec", "parsec/parsec_gaiaEDR3.dat", "PARSEC isochrones", queried=True),
    RawFile(
        "spectra",
        "astra/spectra.ecsv",  # lists the files in spectra/
        "Coadded BOSS spectra, one file per star; the address is that of their folder",
    ),
)

CATALOGUES = (
    Catalogue(
        "apogee_net",
        RawFile(
            "apogee_net",
            "astra/astraAllStarApogeeNet-{astra_apogee}.fits.gz",
            "APOGEE Net summary of Astra",
            excerpt="mdwarfs.archives.wanted.APOGEE_NET",
        ),
        reader="mdwarfs.catalogues.astra.read_astra",
        arguments={"pipeline": "apogee_net"},
        order=("sdss_id", "source_id"),
    ),
    Catalogue(
        "aspcap",
        RawFile(
            "aspcap",
            "astra/astraAllStarASPCAP-{astra_apogee}.fits.gz",
            "ASPCAP summary of Astra",
            excerpt="mdwarfs.archives.wanted.ASPCAP",
        ),
        reader="mdwarfs.catalogues.astra.read_astra",
        arguments={"pipeline": "aspcap"},
        order=("sdss_id", "source_id"),
    ),
    Catalogue(
        "astra_slam",
        RawFile(
            "slam",
            "astra/astraAllStarSlam-{astra_boss}.fits.gz",
            "Released SLAM labels",
            excerpt="mdwarfs.archives.wanted.SLAM",
        ),
        reader="mdwarfs.catalogues.astra.read_astra",
        arguments={"pipeline": "slam"},
        order=("sdss_id", "source_id"),
    ),
    Catalogue(
        "astra_slam_dr19",
        RawFile(
            "slam_dr19",
            "astra/astraAllStarSlam-{astra_boss}.fits.gz",
            "Released SLAM labels of DR19, with which those of a later release are "
            "compared; optional",
            excerpt="mdwarfs.archives.wanted.SLAM",
            optional=True,
            since=20,
            release=19,
        ),
        reader="mdwarfs.catalogues.astra.read_astra",
        arguments={"pipeline": "slam"},
        order=("sdss_id", "source_id"),
    ),
    Catalogue(
        "wide_binaries",
        RawFile(
            "wide_binaries",
            "wide_binaries/all_columns_catalog.fits.gz",
            "Wide binaries of El-Badry+2021",
            excerpt="mdwarfs.archives.wanted.WIDE_BINARIES",
            queried=True,
        ),
        reader="mdwarfs.catalogues.wide_binaries.read_wide_binaries",
        order=("source_id1", "source_id2"),
    ),
    Catalogue(
        "lamost_m",
        RawFile(
            "lamost_mstellar",
            "lamost/dr11_v2.0_LRS_mstellar.fits.gz",
            "LAMOST M stars",
            excerpt="mdwarfs.archives.wanted.LAMOST_M",
            simulated="mdwarfs.simulation.catalogues.lamost_m",
        ),
        reader="mdwarfs.catalogues.lamost.read_lamost",
        arguments={"kind": "m"},
        order=("source_id",),
        comparison=Comparison(
            "Du et al. (2024)",
            ("teff", "logg"),
            line="R5",
            expected={
                "teff": Offset(-34, 65, within=(20, 15)),
                "logg": Offset(-0.01, 0.07, within=(0.02, 0.015)),
            },
        ),
    ),
    Catalogue(
        "birky",
        RawFile(
            "birky",
            "birky/Table6_full_sample.csv.gz",
            "Labels of Birky+2020",
            header="mdwarfs.catalogues.birky.COLUMNS",
            queried=True,
            simulated="mdwarfs.simulation.catalogues.birky",
        ),
        reader="mdwarfs.catalogues.birky.read_birky",
        order=("tmass_designation",),
        comparison=Comparison(
            "Birky et al. (2020)",
            ("feh", "teff"),
            key="tmass_designation",
            line="R3",
            expected={
                "feh": Offset(-0.06, 0.16, within=(0.03, 0.03)),
                "teff": Offset(-27, 92, within=(20, 20)),
            },
        ),
    ),
    Catalogue(
        "behmard",
        RawFile(
            "behmard",
            "behmard/mdwarf_abundances-1.0.2.fits",
            "Value-added catalogue of Behmard+2025",
            excerpt="mdwarfs.catalogues.behmard.EXCERPT",
            simulated="mdwarfs.simulation.catalogues.behmard",
        ),
        reader="mdwarfs.catalogues.behmard.read_behmard",
        comparison=Comparison(
            "Behmard et al. (2025)",
            ("feh",),
            least="e_feh",
            line="R4",
            expected={"feh": Offset(0.02, 0.14, within=(0.03, 0.03))},
        ),
    ),
    Catalogue(
        "mdwarf_contin",
        RawFile(
            "mdwarf_contin",
            "mdwarf_contin/mdwarf-contin-standardization-1.0.0.fits",
            "Value-added catalogue of Medan, Way+2025 (DR20); optional",
            excerpt="mdwarfs.catalogues.value_added.CONTIN_EXCERPT",
            optional=True,
            since=20,
        ),
        reader="mdwarfs.catalogues.value_added.read_contin",
        order=("sdss_id", "source_id"),
    ),
    Catalogue(
        "mdwarf_active",
        RawFile(
            "mdwarf_active",
            "mdwarf_active/mdwarf_active_params-1.0.0.fits",
            "Value-added catalogue of the activity of M dwarfs (DR20); optional",
            excerpt="mdwarfs.catalogues.value_added.ACTIVE_EXCERPT",
            optional=True,
            since=20,
        ),
        reader="mdwarfs.catalogues.value_added.read_active",
        order=("sdss_id", "source_id"),
    ),
    Catalogue(
        "paper_pairs",
        RawFile(
            "paper_table",
            "nadc/LAMOST_FGK_BOSS_M_dwarfs.fits",
            "The paper's own Table 3, with which the sample is compared "
            "(labels.source: published needs it); the second address is that of the "
            "page that lists its file",
        ),
        reader="mdwarfs.catalogues.paper_pairs.read_paper_pairs",
    ),
)

INPUTS = {raw.key: raw for raw in (*RAW_FILES, *(found.raw for found in CATALOGUES))}
"""Every raw file, by the name that it has in `archives.inputs`."""


def modules(*names: str) -> list[str]:
    """The files, below the package, of the modules in which functions are.

    Parameters
    ----------
    *names
        Dotted names of functions of this package; empty ones are left out.

    Returns
    -------
    entries
        Such as "catalogues/astra.py", each once.
    """
    parts = [name.split(".")[1:-1] for name in names if name]
    return sorted({"/".join(path) + ".py" for path in parts})


def inputs_of(config: dict, release: int) -> dict[str, RawFile]:
    """The raw files of a run.

    Of a run on the archives, those for which its configuration has an address; of a
    simulated one, those that the simulation writes.

    Parameters
    ----------
    config
        The merged configuration.
    release
        Data release of SDSS that the run takes, or that its survey emulates.

    Returns
    -------
    entries
        By key.
    """
    if config["source"] == "archives":
        listed = config["archives"]["inputs"]
        return {key: raw for key, raw in INPUTS.items() if key in listed}
    unwritten = {c.raw.key for c in CATALOGUES if c.comparison and not c.raw.simulated}
    return {
        key: raw
        for key, raw in INPUTS.items()
        if key not in unwritten and raw.since <= release
    }
