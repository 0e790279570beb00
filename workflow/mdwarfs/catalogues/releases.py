"""The data releases of SDSS, and the versions of software that each has."""

RELEASES = {
    19: {
        "run2d": "v6_1_3",
        "astra_boss": "0.6.0",
        "astra_apogee": "0.6.0",
        "gaia_release": 2,
    },
    20: {
        "run2d": "v6_2_1",
        "astra_boss": "0.8.1",
        "astra_apogee": "0.6.0",
        "gaia_release": 3,
    },
}
"""Of each data release of SDSS the versions of idlspec2d and, for each instrument, of
Astra, which are parts of addresses and names (sdss/tree, dr19.cfg and dr20.cfg;
sdss/datamodel; DR20 has no new spectra of APOGEE, and repeats the products of DR19);
and the Gaia release of the identifiers by which sources are asked for. The BOSS list of
DR19 gives those of DR2. That of DR20 gives some of either, unmarked, and none is
believed: Astra's own tables give the DR3 source of each `sdss_id`
(`mdwarfs.catalogues.gaia_names`)."""
