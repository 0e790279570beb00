"""Simulated raw files as the tables that the Gaia archive and VizieR have."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from astropy.table import Table

from mdwarfs.catalogues.gaia import COLUMNS, REALS, TMASS, read_votable

GAIA = "gaia/gaia_dr3_2mass.vot.gz"
WIDE_BINARIES = "wide_binaries/all_columns_catalog.fits.gz"
LAMOST = "lamost/dr11_v2.0_LRS_stellar.fits.gz"
BIRKY = "birky/Table6_full_sample.csv.gz"

# VizieR's names of the columns, as it is known to have them (El-Badry+2021, LAMOST
# DR11), and as it usually has them (Birky+2020, whose names nobody has written down).
OF_PAIRS = {
    "Source{k}": "source_id{k}",
    "Plx{k}": "parallax{k}",
    "e_Plx{k}": "parallax_error{k}",
    "RUWE{k}": "ruwe{k}",
    "Gmag{k}": "phot_g_mean_mag{k}",
    "BPmag{k}": "phot_bp_mean_mag{k}",
    "RPmag{k}": "phot_rp_mean_mag{k}",
    "BP-RP{k}": "bp_rp{k}",
}
PAIRS = {
    theirs.format(k=k): ours.format(k=k)
    for k in (1, 2)
    for theirs, ours in OF_PAIRS.items()
} | {
    "RAdeg": "ra1",
    "DEdeg": "dec1",
    "RA2deg": "ra2",
    "DE2deg": "dec2",
    "sepAU": "sep_AU",
    "BinType": "binary_type",
    "R": "R_chance_align",
}
SPECTRA = {
    "ObsID": "obsid",
    "Target": "designation",
    "GaiaDR3": "gaia_source_id",
    "snrg": "snrg",
    "SubClass": "subclass",
    "Teff": "teff",
    "e_Teff": "teff_err",
    "logg": "logg",
    "e_logg": "logg_err",
    "[Fe/H]": "feh",
    "e_[Fe/H]": "feh_err",
}
STARS = {
    "2MASS": "APOGEE_ID",
    "Plx": "PLX",
    "S/N": "SNR",
    "Teff": "TEFF",
    "[Fe/H]": "FE_H",
}
IDENTIFIERS = {"Source1", "Source2", "ObsID", "GaiaDR3"}


@dataclass(frozen=True)
class Served:
    """A table of a TAP service.

    Attributes
    ----------
    schema, name : str
        Its plain name, such as gaiadr3 and gaia_source.
    columns : pandas.DataFrame
    delimited : str
        Its name where that is no plain one, such as "V/162/dr11sl"; else "".
    """

    schema: str
    name: str
    columns: pd.DataFrame
    delimited: str = ""


def served(raw):
    """Every table, from a folder of raw files.

    Parameters
    ----------
    raw : Path

    Returns
    -------
    list of Served
    """
    return [*gaia(raw / GAIA), *vizier(raw)]


def gaia(path):
    """The five tables that the query for the BOSS stars joins.

    The neighbourhood of DR2 sources and the three steps to 2MASS are taken apart again.
    """
    rows = read_votable(path, COLUMNS)
    rows = pd.DataFrame({name: plain(rows[name]) for name in COLUMNS})
    sources = rows.drop_duplicates("source_id").reset_index(drop=True)
    found = sources[sources["tmass_designation"].notna()].reset_index(drop=True)
    oid = pd.factorize(found["tmass_designation"])[0] + 1_000_000_000
    named = {"tmass_designation": "designation"}
    neighbours = rows[
        ["dr2_source_id", "source_id", "angular_distance", "magnitude_difference"]
    ].rename(columns={"source_id": "dr3_source_id"})
    best = pd.DataFrame(
        {
            "source_id": found["source_id"],
            "original_ext_source_id": found["tmass_designation"],
            "clean_tmass_psc_xsc_oid": oid,
            "number_of_mates": 0,
        }
    )
    join = pd.DataFrame(
        {
            "clean_tmass_psc_xsc_oid": oid,
            "original_psc_source_id": found["tmass_designation"],
        }
    ).drop_duplicates("clean_tmass_psc_xsc_oid")
    tmass = found[["tmass_designation", *TMASS, "ph_qual"]].rename(columns=named)
    tmass, join = with_duplicates(tmass.drop_duplicates("designation"), join)
    return [
        Served("gaiadr3", "gaia_source", sources[["source_id", *REALS]]),
        Served("gaiadr3", "dr2_neighbourhood", neighbours),
        Served("gaiadr3", "tmass_psc_xsc_best_neighbour", best),
        Served("gaiadr3", "tmass_psc_xsc_join", join),
        Served("gaiadr1", "tmass_original_valid", tmass),
    ]


def with_duplicates(tmass, join):
    """2MASS and its join table with suspected duplicates of every third source.

    They have designations and magnitudes of their own, and the number of the source.
    A duplicate comes before it, so that a join without care meets it first.
    """
    other = tmass.iloc[::3].copy()
    numbers = join.set_index("original_psc_source_id")["clean_tmass_psc_xsc_oid"]
    of_other = numbers[other["designation"]].to_numpy()
    other["designation"] = other["designation"] + "A"
    other[["j_m", "h_m", "ks_m"]] += 0.7
    more = pd.DataFrame(
        {
            "clean_tmass_psc_xsc_oid": of_other,
            "original_psc_source_id": other["designation"],
        }
    )
    return pd.concat([other, tmass]), pd.concat([more, join])


def vizier(raw):
    """The catalogues of El-Badry+2021, LAMOST DR11 and Birky+2020."""
    stars = pd.read_csv(raw / BIRKY, dtype={"APOGEE_ID": str})
    stars["APOGEE_ID"] = stars["APOGEE_ID"].str.removeprefix("2M")
    spectra = renamed(Table.read(raw / LAMOST), SPECTRA)
    return [
        Served(
            "vizier", "wide_binaries", renamed(Table.read(raw / WIDE_BINARIES), PAIRS),
            "J/MNRAS/506/2269/catalog",
        ),
        Served(
            "vizier", "dr11sl", spectra.replace(-9999.0, np.nan), "V/162/dr11sl",
        ),
        Served(  # as it may be: nobody has written down of which type GaiaDR3 is
            "vizier", "dr11sl_text",
            spectra.replace(-9999.0, np.nan).assign(
                GaiaDR3=spectra["GaiaDR3"].astype("string")
            ),
            "V/162/dr11sl_text",
        ),
        Served(
            "vizier", "birky", renamed(stars.replace(-9999.0, np.nan), STARS),
            "J/ApJ/892/31/table6",
        ),
        Served(
            "vizier", "birky_refs",
            pd.DataFrame({"recno": [1, 2], "Ref": ["Mann+2015", "West+2011"]}),
            "J/ApJ/892/31/refs",
        ),
    ]  # fmt: skip


def renamed(rows, names):
    """Columns of a table under other names."""
    columns = {theirs: plain(rows[ours]) for theirs, ours in names.items()}
    for name in IDENTIFIERS & set(columns):
        columns[name] = columns[name].astype("Int64")
    return pd.DataFrame(columns)


def plain(values):
    """A column for pandas: native bytes, texts without blanks, nulls as nulls."""
    mask = np.ma.getmaskarray(np.ma.asarray(values))
    values = np.asarray(np.ma.getdata(np.ma.asarray(values)))
    if values.dtype.kind in "SUO":
        words = pd.Series(values.astype(str)).str.strip()
        return words.mask(mask | (words == "") | (words == "nan"))
    values = pd.Series(values.astype(values.dtype.newbyteorder("=")))
    if values.dtype.kind == "i":
        return values.astype("Int64").mask(mask)
    return values.mask(mask)
