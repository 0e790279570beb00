"""Certificates of archives: completed where a chain has a gap, else refused at once."""

import pytest
from cryptography import x509

from mdwarfs.archives import certificates, skyserver
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.patience import Deadline
from mdwarfs.archives.tap import Service, client
from mdwarfs.errors import InputError
from tests.archives.servers import tls

CONTENT = b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.fixture
def issuer():
    """The server at the address that certificates name of their issuer."""
    with tls.Server() as server:
        yield server


@pytest.fixture
def server():
    """The archive."""
    with tls.Server() as server:
        server.files["/map.h5"] = CONTENT
        yield server


@pytest.fixture
def root(tmp_path, monkeypatch):
    """The one root that is trusted."""
    made = tls.make("root", authority=True)
    (tmp_path / "root.pem").write_bytes(made.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "root.pem"))
    return made


@pytest.fixture
def middle(root, issuer):
    """The intermediate certificate, which the issuer's address has."""
    made = tls.make("intermediate", root, authority=True)
    issuer.files["/intermediate.crt"] = made.der
    return made


@pytest.fixture
def fetch(server, limits, tmp_path):
    """Fetches a file of the server."""
    path = tmp_path / "map.h5"
    source = {"archive": "CMD", "version": "1", "kind": "hdf5", "bytes": len(CONTENT)}

    def fetch():
        deliver_file(path, source | {"urls": [f"{server.url}/map.h5"]}, limits)
        return path.read_bytes()

    return fetch


def leaf(issuer, middle, **more):
    """A server's certificate that names its issuer's address."""
    address = f"{issuer.url}/intermediate.crt"
    return tls.make("archive", middle, **{"issuers": address} | more)


def test_a_whole_chain_needs_nothing(server, issuer, middle, fetch, tmp_path):
    server.secure(leaf(issuer, middle), tmp_path, [middle])
    assert fetch() == CONTENT
    assert issuer.asked == [] and server.handshakes == 1


@pytest.mark.parametrize("form", ["der", "pem"])
def test_a_chain_with_a_gap_is_completed(server, issuer, middle, fetch, tmp_path, form):
    issuer.files["/intermediate.crt"] = getattr(middle, form)
    server.secure(leaf(issuer, middle), tmp_path)
    assert fetch() == CONTENT
    assert issuer.asked == ["/intermediate.crt"]
    # Refused, looked at, and asked: the file alone, over the verified connection.
    assert server.asked == ["/map.h5"] and server.handshakes == 3


def test_a_gap_of_two_certificates_is_completed(
    server, issuer, root, middle, fetch, tmp_path
):
    upper = f"{issuer.url}/intermediate.crt"
    lower = tls.make("lower", middle, authority=True, issuers=upper)
    issuer.files["/lower.crt"] = lower.der
    address = f"{issuer.url}/lower.crt"
    server.secure(leaf(issuer, lower, issuers=address), tmp_path)
    assert fetch() == CONTENT
    assert issuer.asked == ["/lower.crt", "/intermediate.crt"]


def test_a_completed_chain_is_of_its_server_alone(
    server, issuer, middle, tmp_path, limits
):
    server.secure(leaf(issuer, middle), tmp_path)
    with tls.Server() as other, certificates.Session() as session:
        other.secure(leaf(issuer, middle, issuers=""), tmp_path)
        assert session.get(f"{server.url}/map.h5", timeout=2).content == CONTENT
        with pytest.raises(InputError, match="not accepted: unable to get local"):
            session.get(f"{other.url}/map.h5", timeout=2)
    assert other.asked == []


WRONG = {
    "expired": (lambda issuer, middle: leaf(issuer, middle, ends=-tls.DAY), "expired"),
    "other host": (
        lambda issuer, middle: leaf(issuer, middle, host=x509.DNSName("cmd.example")),
        "IP address mismatch",
    ),
    "self-signed": (lambda issuer, middle: tls.make("archive"), "self.signed"),
    "unknown root": (
        lambda issuer, middle: tls.make(
            "archive", tls.make("somebody", authority=True)
        ),
        "unable to get local issuer",
    ),
}


@pytest.mark.parametrize("sent", ["alone", "with its chain"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_bad_certificate_is_final(
    server, issuer, middle, fetch, tmp_path, wrong, sent
):
    made, words = WRONG[wrong]
    server.secure(made(issuer, middle), tmp_path, [middle] if sent != "alone" else [])
    with pytest.raises(
        InputError, match=f"certificate.*not accepted.*{words}"
    ) as error:
        fetch()
    assert "by hand" in str(error.value) and "attempts" not in str(error.value)
    assert server.asked == []  # nothing is asked without verification
    assert server.handshakes <= 3


def self_signed(root, middle):
    """A root that nobody knows, of the issuer's name."""
    return tls.make("intermediate", authority=True)


def of_another_root(root, middle):
    """A chain to a root that nobody knows."""
    return tls.make("intermediate", tls.make("root", authority=True), authority=True)


@pytest.mark.parametrize("made", [self_signed, of_another_root])
def test_no_anchor_comes_from_an_address(
    server, issuer, root, middle, fetch, tmp_path, made
):
    """Whoever controls the address, and the server, is trusted no more than before."""
    wrong = made(root, middle)
    issuer.files["/intermediate.crt"] = wrong.der
    server.secure(leaf(issuer, wrong), tmp_path)
    with pytest.raises(InputError, match="certificate.*not accepted"):
        fetch()
    assert issuer.asked == ["/intermediate.crt"] and server.asked == []


@pytest.mark.parametrize("content", [None, b"<html>moved</html>"])
def test_an_address_without_the_issuer_is_final(
    server, issuer, middle, fetch, tmp_path, content
):
    issuer.files["/intermediate.crt"] = content
    server.secure(leaf(issuer, middle), tmp_path)
    with pytest.raises(InputError, match="not accepted: unable to get local issuer"):
        fetch()
    assert server.asked == []


def test_another_certificate_at_the_address_is_not_taken(
    server, issuer, root, middle, fetch, tmp_path
):
    issuer.files["/intermediate.crt"] = tls.make("other", root, authority=True).der
    server.secure(leaf(issuer, middle), tmp_path)
    with pytest.raises(InputError, match="certificate.*not accepted"):
        fetch()


def jobs(url, limits):
    """A client of a TAP service."""
    return Service("VizieR", f"{url}/tap", client(f"{url}/tap", limits), limits, 10, 5)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_bad_certificate_is_final_for_jobs(
    server, issuer, middle, limits, tmp_path, wrong
):
    made, words = WRONG[wrong]
    server.secure(made(issuer, middle), tmp_path)
    folder = tmp_path / "parts"
    with pytest.raises(InputError, match=f"VizieR .*not accepted.*{words}"):
        jobs(server.url, limits).ask("SELECT x", ["x"], folder / "a.vot")
    assert server.asked == [] and server.handshakes <= 3
    assert list(folder.iterdir()) == []


def test_the_chain_of_a_service_is_completed_for_its_jobs(
    secure_tap, issuer, root, middle, limits, tmp_path
):
    secure_tap.secure(leaf(issuer, middle), tmp_path)
    url = secure_tap.url.removesuffix("/tap")
    answer = jobs(url, limits).ask("SELECT x", ["x"], tmp_path / "parts" / "a.vot")
    assert answer["x"].tolist() == [1, 2]
    assert issuer.asked == ["/intermediate.crt"] * 2  # for jobs, and for results


def test_a_bad_certificate_of_skyserver_is_final(
    server, issuer, middle, limits, tmp_path, monkeypatch
):
    monkeypatch.setattr(skyserver, "PAUSE", 0)
    server.secure(leaf(issuer, middle, ends=-tls.DAY), tmp_path, [middle])
    service = skyserver.SkyServer(server.url, 19, limits)
    with pytest.raises(InputError, match="certificate.*not accepted.*expired"):
        service.ask("SELECT x", {"x": "int"}, tmp_path / "a.csv", Deadline(20))
    assert server.asked == [] and server.handshakes == 1
