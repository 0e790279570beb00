"""Gaia DR3 astrometry and photometry, with 2MASS, for a list of Gaia DR2 sources."""

import logging
from pathlib import Path

import numpy as np
from astropy.table import Table, vstack

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.progress import track

logger = logging.getLogger(__name__)

# DR2 identifiers become DR3 ones through the archive's own neighbourhood table, and
# 2MASS is joined in the three steps that the archive documents: best neighbour, join
# table, original catalogue.
QUERY = """
SELECT t.dr2_source_id, n.angular_distance, n.magnitude_difference,
       g.source_id, g.ra, g.dec, g.parallax, g.parallax_error, g.pmra, g.pmdec, g.ruwe,
       g.phot_g_mean_mag, g.phot_bp_mean_mag, g.phot_rp_mean_mag,
       g.phot_bp_rp_excess_factor, tm.designation AS tmass_designation,
       tm.j_m, tm.j_msigcom, tm.h_m, tm.h_msigcom, tm.ks_m, tm.ks_msigcom, tm.ph_qual
FROM tap_upload.ids AS t
JOIN gaiadr3.dr2_neighbourhood AS n ON n.dr2_source_id = t.dr2_source_id
JOIN gaiadr3.gaia_source AS g ON g.source_id = n.dr3_source_id
LEFT JOIN gaiadr3.tmass_psc_xsc_best_neighbour AS x ON x.source_id = g.source_id
LEFT JOIN gaiadr3.tmass_psc_xsc_join AS j
       ON j.clean_tmass_psc_xsc_oid = x.clean_tmass_psc_xsc_oid
LEFT JOIN gaiadr1.tmass_original_valid AS tm
       ON tm.designation = j.original_psc_source_id
"""


def fetch(dr2_source_ids, path, service, chunk):
    """Ask the Gaia archive for the DR3 sources of many DR2 identifiers.

    Each chunk is an asynchronous job (a synchronous one is silently cut at 2,000 rows)
    whose answer is kept beside `path` until all are there, so that an interrupted run
    goes on where it stopped.

    Parameters
    ----------
    dr2_source_ids : array_like of int
        Identifiers; nulls (<= 0) are left out.
    path : path-like
        The VOTable to write.
    service : object
        `astroquery.gaia.Gaia`, or anything with its `launch_job_async`.
    chunk : int
        Identifiers per job.

    Raises
    ------
    InputError
        If an answer is cut short.
    """
    ids = np.unique(np.asarray(dr2_source_ids, np.int64))
    ids = ids[ids > 0]
    chunks = np.split(ids, range(chunk, len(ids), chunk))
    folder = Path(f"{path}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for number, part_ids in enumerate(track(chunks, "Gaia jobs")):
        part = folder / f"{number:04d}-{part_ids[0]}-{len(part_ids)}.ecsv"
        if not part.exists():
            job = service.launch_job_async(
                QUERY,
                upload_resource=Table({"dr2_source_id": part_ids}),
                upload_table_name="ids",
            )
            answer = job.get_results()
            found = np.isin(part_ids, answer["dr2_source_id"]).mean()
            if found < 0.5:
                raise InputError(
                    f"the Gaia archive knew only {found:.0%} of {len(part_ids)} DR2 "
                    "sources: the answer is cut short, or the identifiers are not DR2's"
                )
            with tables.atomic(part) as temporary:
                answer.write(temporary, format="ascii.ecsv")
        parts.append(Table.read(part, format="ascii.ecsv"))
    with tables.atomic(path) as temporary:
        vstack(parts, metadata_conflicts="silent").write(
            temporary, format="votable", tabledata_format="binary2"
        )
