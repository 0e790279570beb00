"""The archives: one entry each; the schema, messages and plans follow from it.

One that serves files needs an entry here, an address in the configuration
(`archives.addresses`), and nothing else. Its key is what the inputs of a configuration
(`archives.inputs`) call `archive`, and what `mdwarfs.archives.settings.source_of` calls
`slot`: there, `archive` is its name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """How fast an archive is taken to be.

    Attributes
    ----------
    rate
        Of a transfer [MB/s].
    each
        Until the answer to one request begins [s].
    unit
        What a request is called.
    """

    rate: float
    each: float
    unit: str

    def seconds(self, megabytes: float, requests: int, streams: int = 1) -> float:
        """Time for so much, with so many connections that share the rate [s]."""
        return megabytes / self.rate + requests * self.each / streams


@dataclass(frozen=True)
class Host:
    """An archive.

    Attributes
    ----------
    name
        How messages call it.
    words
        What it is, for the manual of the configuration.
    pace
        How fast it is taken to be; nobody has measured it.
    """

    name: str
    words: str
    pace: Pace = Pace(5, 5, "file")


# LAMOST and NADC are reported to be slow from abroad. A query of SkyServer reads a
# whole table, for which it has 600 s.
HOSTS = {
    "sas": Host("SDSS SAS", "SDSS Science Archive Server", Pace(5, 2, "file")),
    "skyserver": Host("SDSS SkyServer", "SQL service of SDSS", Pace(1, 300, "query")),
    "gaia": Host("the Gaia archive", "Gaia archive", Pace(1, 600, "job")),
    "vizier": Host("VizieR", "TAP service of VizieR", Pace(1, 120, "job")),
    "zenodo": Host("Zenodo", "Zenodo"),
    "lamost": Host("LAMOST", "LAMOST", Pace(0.5, 5, "file")),
    "dataverse": Host("Harvard Dataverse", "Harvard Dataverse"),
    "github": Host("GitHub", "Raw files of GitHub"),
    "cmd": Host(
        "the CMD server", "CMD server of PARSEC isochrones", Pace(0.1, 60, "request")
    ),
    "nadc": Host(
        "NADC", "National Astronomical Data Center of China", Pace(0.2, 10, "file")
    ),
}
