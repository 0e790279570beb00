"""Where the SDSS archive (SAS) keeps a star's spectra.

The raw folder of a run repeats the archive's folders, so one scheme serves both.
"""

from pathlib import Path, PurePosixPath

ASTRA_VERSION = "0.6.0"


def mwm_star(sdss_id, version=ASTRA_VERSION):
    """Path of a star's coadded spectrum, below a folder of Astra's spectra.

    That folder is `astra/<version>/spectra` on the SAS and `astra/spectra` in the raw
    folder (sdss/tree, dr19.cfg, and sdss_access: two levels from the last digits).

    Parameters
    ----------
    sdss_id : int
    version : str
        Of Astra. Default: that of DR19.

    Returns
    -------
    PurePosixPath
        `star/34/56/mwmStar-0.6.0-123456.fits` for 123456.
    """
    sdss_id = int(sdss_id)
    groups = f"{sdss_id // 100 % 100:02d}", f"{sdss_id % 100:02d}"
    name = f"mwmStar-{version}-{sdss_id}.fits"
    return PurePosixPath("star", *groups, name)


def folder_of(manifest):
    """Folder of the spectra that a manifest lists: beside it, under its name.

    Parameters
    ----------
    manifest : path-like
        Such as `raw/astra/spectra.ecsv`.

    Returns
    -------
    Path
        `raw/astra/spectra`; the files below it are where `mwm_star` says.
    """
    return Path(manifest).with_suffix("")
