"""The SDSS inputs of config/dr20.yaml by either route, from a small survey."""

import numpy as np
import pytest

from mdwarfs.archives import settings, skyserver, wanted
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.queries import Query
from mdwarfs.catalogues.astra import read_astra
from mdwarfs.catalogues.boss import read_boss
from mdwarfs.catalogues.gaia_names import read_gaia_names
from mdwarfs.catalogues.registry import INPUTS
from mdwarfs.catalogues.value_added import read_active, read_contin
from mdwarfs.config import merge_config, read_config
from tests.archives.servers import faults, loopback
from tests.archives.servers.archives import Archives
from tests.archives.servers.fixtures import RAW, small_survey

pytestmark = pytest.mark.dag  # for its survey in the form of DR20
CONFIGS = ("config.yaml", "dr19.yaml", "dr20.yaml")
READERS = {
    "slam": lambda path: read_astra(path, "slam"),
    "slam_dr19": lambda path: read_astra(path, "slam"),
    "apogee_net": lambda path: read_astra(path, "apogee_net"),
    "aspcap": lambda path: read_astra(path, "aspcap"),
    "mdwarf_contin": read_contin,
    "mdwarf_active": read_active,
}


@pytest.fixture(scope="module")
def server(root, tmp_path_factory):
    raw = tmp_path_factory.mktemp("survey20")
    small_survey(root, raw, RAW | loopback.OF_DR20, release=20)
    with Archives(raw) as archives:
        yield archives


@pytest.fixture(scope="module")
def config(root, server):
    real = read_config(root / "config" / name for name in CONFIGS)
    return merge_config(real, loopback.served(real["archives"], server))


@pytest.fixture
def retrieve(config, server, hasty, tmp_path, monkeypatch):
    """Fetches one input by a route, as the rules do; its path."""
    monkeypatch.setattr(skyserver, "PAUSE", 0)
    server.behave()

    def retrieve(key, route):
        found = settings.source_of(config["archives"], key, route)
        excerpt = wanted.excerpt(INPUTS[key].excerpt, config["boss"])
        path = tmp_path / f"{key}-{route}.fits.gz"
        if route == "download":
            deliver_file(path, found, hasty, excerpt)
            return path
        official = settings.source_of(config["archives"], key, "download")
        service = skyserver.SkyServer(found["address"], found["release"], hasty)
        query = Query(path, service, found, official, excerpt)
        skyserver.deliver_table(query, key, config["boss"])
        return path

    return retrieve


def of_stars(table, stars):
    """Rows of some stars, in order."""
    table.sort("sdss_id")
    return table[np.isin(table["sdss_id"], stars)]


def same(one, other):
    """Whether two tables have the same columns and values."""
    assert one.colnames == other.colnames
    for name in one.colnames:
        np.testing.assert_array_equal(np.asarray(one[name]), np.asarray(other[name]))
    return True


@pytest.mark.parametrize("key", READERS)
def test_either_route_gives_the_same_of_the_m_type_stars(key, retrieve, config, server):
    boss = read_boss(server.raw / loopback.OF_DR20["spall"], config["boss"])
    whole = READERS[key](retrieve(key, "download"))
    assert len(whole) > 20
    if "query" in config["archives"]["inputs"][key]:
        found = READERS[key](retrieve(key, "query"))
        stars = boss["sdss_id"]
        assert same(of_stars(found, stars), of_stars(whole, stars))
        assert found.meta["N_ROWS"] == whole.meta["N_ROWS"]


def test_the_boss_list_has_the_same_gaia_sources_by_either_route(retrieve, config):
    found = [
        read_boss(
            retrieve("spall", route),
            config["boss"],
            read_gaia_names(retrieve("slam", route)),
        )
        for route in ("download", "query")
    ]
    for stars in found:
        stars.sort(["sdss_id", "spec_file"])
    assert same(*found) and found[0].meta == found[1].meta
    assert (found[0]["gaia_dr3_source_id"] > 0).sum() > 100
    assert found[0].meta["N_NOASTR"] > 0


@pytest.mark.parametrize("key", ["apogee_net", "aspcap"])
def test_apogee_products_come_from_dr19_where_dr20_has_no_copy(retrieve, server, key):
    server.misbehave("/dr20/spectro/astra/0.6.0/", faults.gone, 99)
    assert len(READERS[key](retrieve(key, "download"))) > 20
    first, *_, last = server.asked
    assert "/dr20/spectro/astra/0.6.0/summary/" in first
    assert "/dr19/spectro/astra/0.6.0/summary/" in last
