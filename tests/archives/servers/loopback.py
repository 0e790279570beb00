"""All archives on loopback, for a run of the workflow.

    python -m tests.archives.servers.loopback RAW served.yaml
    snakemake --cores 2 --configfile config/dr19.yaml config/loopback.yaml served.yaml

of a survey in DR20's form, with config/dr19.yaml and config/dr20.yaml as
configurations of both.

RAW is the folder of raw files of a simulated run. The second file is written: where the
servers are, and the sizes, checksums and numbers of rows of what they serve, for those
that config/dr19.yaml gives of the real files.
"""

import argparse
import contextlib
import gzip
import hashlib
from functools import cache
from pathlib import Path

import yaml
from astropy.io import fits

from mdwarfs.config import read_config
from tests.archives.servers.archives import (
    ACTIVE,
    BAYESTAR,
    BEHMARD,
    BIRKY,
    CONTIN,
    PAPER_PAIRS,
    PARSEC,
    SPALL,
    SPALL_DR20,
    WIDE_BINARIES,
    Archives,
)
from tests.archives.servers.tap import TapServer, Unavailable, until_interrupted
from tests.archives.servers.tap_tables import GAIA, LAMOST

RAW = {
    "spall": SPALL,
    "apogee_net": "astra/astraAllStarApogeeNet-0.6.0.fits.gz",
    "aspcap": "astra/astraAllStarASPCAP-0.6.0.fits.gz",
    "slam": "astra/astraAllStarSlam-0.6.0.fits.gz",
    "gaia": GAIA,
    "wide_binaries": WIDE_BINARIES,
    "lamost_stellar": LAMOST,
    "lamost_mstellar": "lamost/dr11_v2.0_LRS_mstellar.fits.gz",
    "bayestar": BAYESTAR,
    "birky": BIRKY,
    "behmard": BEHMARD,
    "paper_table": PAPER_PAIRS,
    "parsec": PARSEC,
    "spectra": "astra/spectra",
}
OF_DR20 = {
    "spall": SPALL_DR20,
    "slam": "astra/astraAllStarSlam-0.8.1.fits.gz",
    "slam_dr19": "astra/astraAllStarSlam-0.6.0.fits.gz",
    "mdwarf_contin": CONTIN,
    "mdwarf_active": ACTIVE,
}
"""Files of a survey in DR20's form, in place of those of `RAW` or beside them."""

MOST = 1_000_000  # rows of an answer, of which there are fewer than in the file


@cache
def count(path):
    """How many rows a served file has, which nobody changes."""
    if path.suffixes[:1] == [".csv"]:
        with gzip.open(path) as lines:
            return sum(1 for _ in lines) - 1
    with fits.open(path) as hdus:
        return sum(hdu.header["NAXIS2"] for hdu in hdus[1:])


def facts(source, path):
    """What is true of a served file, of what the configuration says of the real one."""
    found = {}
    for name in {"rows", "rows_expected"} & source.keys():
        n_rows = count(path) if "urls" in source else None
        found[name] = [n_rows, n_rows] if n_rows else [1, MOST]
    if "bytes" in source:
        found["bytes"] = path.stat().st_size
    if "md5" in source:
        found["md5"] = hashlib.md5(path.read_bytes()).hexdigest()
    return found


def served(archives, server):
    """A configuration that says where the servers are, and what they serve.

    Parameters
    ----------
    archives : dict
        Section of config/dr19.yaml, or merged with that of config/dr20.yaml.
    server : tests.archives.servers.archives.Archives

    Returns
    -------
    dict
    """
    inputs, files = {}, RAW | (OF_DR20 if archives["release"] == 20 else {})
    for key in files.keys() & archives["inputs"].keys():
        entry = archives["inputs"][key]
        routes = {name: entry[name] for name in ("download", "query") if name in entry}
        inputs[key] = {
            name: found
            for name, source in routes.items()
            if (found := facts(source, server.raw / files[key]))
        }
    addresses = server.addresses(archives["addresses"])
    return {"archives": {"addresses": addresses, "inputs": inputs}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("raw", type=Path, help="raw files of a simulated run")
    parser.add_argument("served", type=Path, help="configuration to write")
    parser.add_argument(
        "--configfile", nargs="+", type=Path, default=[Path("config/dr19.yaml")]
    )
    arguments = parser.parse_args()
    archives = read_config(arguments.configfile)["archives"]
    with contextlib.ExitStack() as stack:
        try:
            tap = stack.enter_context(TapServer(arguments.raw))
        except Unavailable as error:
            parser.exit(1, f"{error}\n")
        server = stack.enter_context(Archives(arguments.raw, tap.url))
        arguments.served.write_text(yaml.safe_dump(served(archives, server)))
        print(f"{server.url}, described in {arguments.served}", flush=True)
        until_interrupted()


if __name__ == "__main__":
    main()
