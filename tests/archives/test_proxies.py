"""Proxies that the environment names: files and jobs go through them alike."""

import pytest

from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.tap import Service, client
from mdwarfs.errors import InputError
from tests.archives.servers.proxy import Proxy

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def proxy(monkeypatch):
    """A proxy, which no variable of the environment names yet."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Proxy() as server:
        yield server


@pytest.fixture
def ask(secure_tap, limits, tmp_path, monkeypatch):
    """Asks a query of a service by HTTPS."""
    monkeypatch.setattr("mdwarfs.archives.tap.FIRST_POLL", 0.01)

    def ask():
        url = secure_tap.url
        service = Service("VizieR", url, client(url, limits), limits, 100, 50)
        answer = service.ask("SELECT x", ["x"], tmp_path / "parts" / "a.vot")
        return answer["x"].tolist()

    return ask


def there(server):
    """A server as a proxy is told of it."""
    return f"127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_jobs_go_through_the_proxy(ask, proxy, secure_tap, monkeypatch, name):
    monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    assert ask() == [1, 2]
    # Made, looked at, started, looked at; and fetched, by requests.
    assert len(proxy.asked) >= 5 and set(proxy.asked) == {there(secure_tap)}


def test_a_proxy_is_told_who_asks(ask, proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:p%40ss@127.0.0.1:{proxy.port}")
    assert ask() == [1, 2]
    assert set(proxy.users) == {"me:p@ss"}


@pytest.mark.parametrize("hosts", ["127.0.0.1", "esac.esa.int,127.0.0.1", "*"])
def test_hosts_that_are_excepted_are_reached_directly(ask, proxy, monkeypatch, hosts):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", hosts)
    assert ask() == [1, 2]
    assert proxy.asked == []


def test_without_a_proxy_nobody_is_asked(ask, proxy):
    assert ask() == [1, 2]
    assert proxy.asked == []


def test_a_proxy_that_does_not_answer_stops_the_run(ask, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="VizieR .*(?i:refused).*3 attempts"):
        ask()


@pytest.mark.parametrize("scheme", ["socks5", "https"])
def test_a_proxy_of_another_kind_is_named_before_anything_is_asked(
    ask, secure_tap, monkeypatch, scheme
):
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://proxy.example:1080")
    with pytest.raises(InputError, match=f"{scheme}://proxy.example.*NO_PROXY=127"):
        ask()
    assert secure_tap.asked == []


@pytest.mark.parametrize(
    "named",
    [
        "http://proxy:abc",
        "proxy:3128",
        "proxy:99999",
        "http://[bad",
        "  ",
        "http://",
        "http://a b:1",
    ],
)
def test_an_address_of_a_proxy_that_is_none_is_named(
    ask, secure_tap, monkeypatch, named
):
    monkeypatch.setenv("HTTPS_PROXY", named)
    with pytest.raises(InputError, match="HTTPS_PROXY.*http://proxy:3128 is wanted"):
        ask()
    assert secure_tap.asked == []


def test_a_proxy_named_by_number_needs_no_scheme(ask, proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
    assert ask() == [1, 2]
    assert len(proxy.asked) >= 5


def test_a_user_whom_no_header_can_name_is_refused(ask, proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://\u0416:x@127.0.0.1:{proxy.port}")
    with pytest.raises(InputError, match="HTTPS_PROXY.*Latin-1"):
        ask()
    assert proxy.asked == []


def test_a_bad_certificate_behind_a_proxy_is_final(
    ask, proxy, secure_tap, monkeypatch, tmp_path
):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")  # the root is not trusted any more
    with pytest.raises(InputError, match="certificate of 127.* not accepted"):
        ask()
    assert set(proxy.asked) == {there(secure_tap)} and secure_tap.asked == []


def test_files_go_through_the_proxy(proxy, secure_tap, limits, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    urls = [f"{secure_tap.url}/availability"]
    secure_tap.availability = b"12 lines\n13\n"
    source = {"archive": "GitHub", "version": "1", "kind": "text", "urls": urls}
    deliver_file(tmp_path / "t.csv", source, limits)
    assert proxy.asked == [there(secure_tap)]
