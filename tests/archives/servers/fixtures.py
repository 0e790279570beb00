"""Fixtures: a small simulated survey, and the archives that serve it."""

import os
import shutil
from functools import partial

import pytest

from mdwarfs import tables
from mdwarfs.archives.patience import Limits
from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.config import read_config
from mdwarfs.spectra.manifest import folder_of
from tests.archives.servers import loopback
from tests.archives.servers.archives import Archives
from tests.archives.servers.tap import TapServer, Unavailable
from tests.once import once

SCALE = 0.025
RAW = loopback.RAW | {
    "spectra": "astra/spectra.ecsv",
    "truth": "truth.fits",
    "truth_paper_table": "truth_paper_table.fits",
}


@pytest.fixture(scope="session")
def simulated_raw(root, tmp_path_factory):
    """Folder of the raw files of a small simulated survey, which nobody changes."""
    return once(tmp_path_factory, "survey", partial(small_survey, root))


def small_survey(root, raw, files=RAW, release=19):
    """Write the raw files of a small simulated survey, as several jobs do."""
    # Every process of the tests has these fixtures; one makes a survey.
    from mdwarfs.simulation.spectrum_files import with_spectrum, write_spectra
    from mdwarfs.simulation.survey import write_tables

    config = read_config([root / "config" / "config.yaml"])
    stamp = {"run": "simulated-test", "simulated": True}
    paths = {name: raw / path for name, path in files.items()}
    simulation = config["simulation"] | {"scale": SCALE, "release": release}
    truth = write_tables(simulation, config["isochrones"], config["seed"], paths, stamp)
    listed = write_spectra(
        truth,
        with_spectrum(truth),
        config["seed"],
        folder_of(paths["spectra"]),
        1,
        RELEASES[release],
    )
    listed.sort("sdss_id")
    tables.write(listed, paths["spectra"], stamp)


@pytest.fixture(scope="session")
def tap_server(simulated_raw):
    """A real TAP server with that survey's tables."""
    try:
        server = TapServer(simulated_raw)
    except Unavailable as error:
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture(scope="session")
def all_archives(simulated_raw, tmp_path_factory):
    """The archives but for TAP, which have that survey; and a coarser map of the dust,
    of which tests want nothing but the bytes."""
    from mdwarfs.simulation import dust
    from mdwarfs.simulation.files.bayestar import write_map

    raw = tmp_path_factory.mktemp("served") / "raw"
    shutil.copytree(simulated_raw, raw, copy_function=os.symlink)
    (raw / RAW["bayestar"]).unlink()
    write_map(raw / RAW["bayestar"], dust.ebv, nside=8)
    with Archives(raw) as server:
        yield server


@pytest.fixture
def archives(all_archives):
    """The archives, well-behaved, and with nothing asked of them yet."""
    all_archives.behave()
    return all_archives


@pytest.fixture
def tap_archives(archives, tap_server, monkeypatch):
    """The same with the Gaia archive and VizieR, whose jobs take no time."""
    monkeypatch.setattr("mdwarfs.archives.tap.FIRST_POLL", 0.05)
    archives.tap = tap_server.url
    return archives


@pytest.fixture
def hasty():
    """Limits of tests: as patient as the configured ones, in less time."""
    return Limits(attempts=3, first_wait=0.01, connect=5, stall=3, total=60)


@pytest.fixture
def lamost54(real, tmp_path):
    """The public repository of 54 LAMOST spectra, below the path Stage2."""
    folder = real / "lamost"
    files = {f"data/spectrum/{path.name}": path for path in folder.glob("spectrum/*")}
    with Archives(tmp_path / "nothing") as server:
        for name, path in files.items():
            server.others[f"/Stage2/{name}"] = path.read_bytes()
        yield server
