"""HTTPS on loopback, with certificates made for a test.

A root signs an intermediate certificate, and that one a server's. The server may send
its own alone, or be wrong in other ways.
"""

import datetime
import ipaddress
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
)

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@dataclass(frozen=True)
class Signed:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def make(name, issuer=None, authority=False, ends=30 * DAY, host=LOOPBACK, issuers=""):
    """Make a certificate.

    Parameters
    ----------
    name : str
    issuer : Signed, optional
        Who signs it. Default: itself.
    authority : bool
        Whether it may sign others.
    ends : datetime.timedelta
        When it ends, from now.
    host : cryptography.x509.GeneralName
        Of a server.
    issuers : str
        Address of the issuer's certificate.

    Returns
    -------
    Signed
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signing = issuer.key if issuer else key
    of_issuer = issuer.certificate.subject if issuer else subject
    identifier = x509.SubjectKeyIdentifier.from_public_key
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(of_issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 60 * DAY)
        .not_valid_after(NOW + ends)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(identifier(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
        .add_extension(usage(authority), critical=True)
    )
    if not authority:
        server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        built = built.add_extension(server, critical=False)
        built = built.add_extension(x509.SubjectAlternativeName([host]), critical=False)
    if issuers:
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS,
            x509.UniformResourceIdentifier(issuers),
        )
        built = built.add_extension(
            x509.AuthorityInformationAccess([access]), critical=False
        )
    return Signed(built.sign(signing, hashes.SHA256()), key)


def usage(authority):
    """What a key is for."""
    names = (
        "digital_signature", "content_commitment", "key_encipherment",
        "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
        "encipher_only", "decipher_only",
    )  # fmt: skip
    wanted = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
    return x509.KeyUsage(**{name: name in wanted for name in names})


class Handler(BaseHTTPRequestHandler):
    """Serves `server.files`, and notes who asks for what."""

    def do_GET(self):
        self.server.asked.append(self.path)
        body = self.server.files.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    """A server; a context manager that gives itself.

    Parameters
    ----------
    handler : type
        Of its requests.

    Attributes
    ----------
    url : str
    asked : list of str
        Paths.
    files : dict of str to bytes
    handshakes : int
        Connections, however far they came.
    """

    daemon_threads = True

    def __init__(self, handler=Handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.asked, self.files, self.handshakes = [], {}, 0
        self.url, self._context = f"http://127.0.0.1:{self.server_port}", None

    def secure(self, own, folder, sent=()):
        """Speak TLS from now on.

        Parameters
        ----------
        own : Signed
            The server's certificate.
        folder : Path
            For files that OpenSSL reads.
        sent : sequence of Signed
            Further certificates that the server sends.
        """
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(b"".join(signed.pem for signed in (own, *sent)))
        key.write_bytes(
            own.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self._context.load_cert_chain(chain, key)
        self.url = self.url.replace("http:", "https:")

    def finish_request(self, request, client_address):
        self.handshakes += 1
        if self._context is None:
            return super().finish_request(request, client_address)
        request.settimeout(5)
        with self._context.wrap_socket(request, server_side=True) as secured:
            return super().finish_request(secured, client_address)

    def handle_error(self, request, client_address):
        """A client that does not accept the certificate goes away."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()
