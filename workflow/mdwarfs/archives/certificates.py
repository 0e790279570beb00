"""Verify the certificates of archives, and complete chains that have a gap.

Some servers send their own certificate and not the intermediate one that links it to a
root. Browsers then fetch it from the address that the certificate itself names
(Authority Information Access, RFC 5280, section 4.2.2.1). This module does the same,
for that server only. The fetched certificate is never trusted by itself: OpenSSL has
to find a chain through it to one of the roots that were trusted before.
"""

from __future__ import annotations

import contextlib
import ssl
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID
from requests.adapters import HTTPAdapter
from urllib3.util import create_urllib3_context

from mdwarfs.archives.connections import opened
from mdwarfs.errors import InputError

if TYPE_CHECKING:
    from cryptography.x509.name import Name


GAP = {20, 21}
"""OpenSSL's codes of a chain that does not reach a root: the issuer is not to be had
locally, the first certificate cannot be verified."""
DEEPEST = 3  # intermediate certificates that are looked for
LARGEST = 100_000  # of what an issuer's address may send [bytes]


class NotAccepted(InputError):
    """A server's certificate is not accepted: asking it again is in vain."""


class Session(requests.Session):
    """A session of requests that completes chains, and whose refusals are final.

    Raises
    ------
    InputError
        On any request, if a server's certificate is not accepted.
    """

    def send(
        self, request: requests.models.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send a request; see `requests.Session.send`."""
        try:
            return super().send(request, **options)
        except requests.exceptions.SSLError as error:
            context = completed(request.url, error, options.get("timeout"))
            if context is None:
                raise
        self.mount(origin(request.url), Completed(context))
        try:
            return super().send(request, **options)
        except requests.exceptions.SSLError as error:
            check_refusal(request.url, error)
            raise


class Completed(HTTPAdapter):
    """Connections whose context has the certificates that a server leaves out."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **options)


def completed(
    url: str, error: Exception, timeout: float | tuple[float, ...]
) -> ssl.SSLContext | None:
    """The context that completes a server's chain, after a failure.

    Parameters
    ----------
    error
        With which a connection to it failed.
    timeout
        As requests takes it [s].

    Returns
    -------
    sslcontext
        None if the failure has nothing to do with the certificate.

    Raises
    ------
    InputError
        If the certificate is refused for another reason than a gap in its chain, or
        the gap cannot be closed.
    """
    refused = refusal(error)
    if refused is None:
        return None
    if refused.verify_code not in GAP:
        check_refusal(url, error)
    try:
        links = missing_links(url, timeout)
    except (OSError, ValueError, requests.RequestException) as failure:
        raise refused_by(url, f"{refusal_text(refused)}, and {failure}") from error
    if not links:
        check_refusal(url, error)
    return context_of(url, links)


def context_of(url: str, links: Sequence[x509.Certificate] = ()) -> ssl.SSLContext:
    """A context that trusts the usual roots, and knows some links to them.

    Parameters
    ----------
    links
        Intermediate certificates; none is self-signed.
    """
    context = create_urllib3_context()
    path = Path(roots(url))
    where = {"capath" if path.is_dir() else "cafile": str(path)}
    context.load_verify_locations(**where)
    if links:
        # Python 3.13 takes any certificate of the store for an anchor, were it a link.
        context.verify_flags &= ~ssl.VERIFY_X509_PARTIAL_CHAIN
        ders = [link.public_bytes(Encoding.DER) for link in links]
        context.load_verify_locations(cadata=b"".join(ders))
    return context


def roots(url: str) -> str:
    """Path of the trusted roots: certifi's, unless the environment names others."""
    with requests.Session() as session:
        verify = session.merge_environment_settings(url, {}, None, None, None)["verify"]
    return verify if isinstance(verify, str) else requests.certs.where()


def missing_links(url: str, timeout: int | tuple[int, int]) -> list[x509.Certificate]:
    """The intermediate certificates that a server leaves out, from their addresses.

    Returns
    -------
    links
        From the server's own issuer upwards; none is self-signed.
    """
    certificate, links = own_certificate(url, timeout), []
    known = names_of(context_of(url))
    while certificate.issuer not in known and len(links) < DEEPEST:
        issuer = issuer_of(certificate, timeout)
        if issuer is None or issuer.subject == issuer.issuer:  # would be an anchor
            break
        links.append(issuer)
        certificate = issuer
    return links


def own_certificate(url: str, timeout: int | tuple[int, int]) -> x509.Certificate:
    """The certificate that a server shows, as it is: who issued it is looked up.

    The handshake is the only one without verification, and ends with it: nothing is
    asked for or sent over this connection.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = opened(url, longest(timeout), context)
    try:
        return x509.load_der_x509_certificate(connection.sock.getpeercert(True))
    finally:
        connection.close()


def names_of(context: ssl.SSLContext) -> set[Name]:
    """Names of the roots that a context has loaded."""
    names = set()
    for der in context.get_ca_certs(binary_form=True):
        with warnings.catch_warnings():  # there are roots of dubious serial numbers
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            with contextlib.suppress(ValueError):
                names.add(x509.load_der_x509_certificate(der).subject)
    return names


def issuer_of(
    certificate: x509.Certificate, timeout: int | tuple[int, int]
) -> x509.Certificate | None:
    """The certificate of an issuer, from the address that a certificate names.

    Returns
    -------
    certificate
        None if it names no address, or that has no certificate which signed it.
    """
    for address in addresses(certificate):
        with requests.get(address, timeout=timeout, stream=True) as answer:
            answer.raise_for_status()
            content = answer.raw.read(LARGEST, decode_content=True)
        for issuer in read_certificates(content):
            try:
                certificate.verify_directly_issued_by(issuer)
            except (ValueError, TypeError, InvalidSignature):
                continue
            return issuer
    return None


def addresses(certificate: x509.Certificate) -> list[str]:
    """Where a certificate says that its issuer's is."""
    try:
        extension = certificate.extensions.get_extension_for_oid(
            ExtensionOID.AUTHORITY_INFORMATION_ACCESS
        )
    except x509.ExtensionNotFound:
        return []
    return [
        access.access_location.value
        for access in extension.value
        if access.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        and isinstance(access.access_location, x509.UniformResourceIdentifier)
        and urlsplit(access.access_location.value).scheme in ("http", "https")
    ]


def read_certificates(content: bytes) -> list[x509.Certificate]:
    """Certificates from the bytes of an address: DER, PEM or PKCS 7."""
    forms = (
        lambda: [x509.load_der_x509_certificate(content)],
        lambda: x509.load_pem_x509_certificates(content),
        lambda: pkcs7.load_der_pkcs7_certificates(content),
    )
    for form in forms:
        try:
            return form()
        except ValueError:
            continue
    return []


def refusal(error: Exception) -> ssl.SSLCertVerificationError | None:
    """OpenSSL's refusal of a certificate among the causes of an error, or None."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def check_refusal(url: str, error: Exception) -> None:
    """Raise InputError if an error is that a certificate is not accepted."""
    refused = refusal(error)
    if refused is not None:
        raise refused_by(url, refusal_text(refused)) from error


def refused_by(url: str, why: str) -> NotAccepted:
    """The error that says of a server that its certificate is not accepted."""
    return NotAccepted(
        f"the certificate of {urlsplit(url).netloc} is not accepted: {why}. It is not "
        "asked again, and never without verification"
    )


def refusal_text(refused: ssl.SSLCertVerificationError) -> str:
    """Why OpenSSL refuses a certificate."""
    return refused.verify_message or str(refused)


def origin(url: str) -> str:
    """Scheme and server of an address, as adapters are mounted."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/".lower()


def longest(timeout: int | tuple[int, int]) -> int:
    """The longest of the times that requests takes [s]; None for no limit."""
    times = timeout if isinstance(timeout, tuple) else (timeout,)
    return max((time for time in times if time is not None), default=None)
