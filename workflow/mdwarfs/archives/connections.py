"""Connections of http.client through the proxy that the environment names.

requests honours HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY by itself; astroquery's
TAP client is built on http.client, which does not.
"""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from requests.utils import (
    get_auth_from_url,
    get_environ_proxies,
    prepend_scheme_if_needed,
    select_proxy,
)
from urllib3.util import make_headers

from mdwarfs.errors import InputError

if TYPE_CHECKING:
    from ssl import SSLContext


def opened(
    url: str, timeout: float, context: SSLContext | None = None
) -> http.client.HTTPConnection:
    """An open connection to the server of an address.

    Parameters
    ----------
    url
        Its scheme, server and port count.
    timeout
        For each step [s].
    context
        For https.

    Raises
    ------
    InputError
        If the proxy is of a kind that is not spoken here, or its address is none.
    OSError
        If the connection, or its verification, fails.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    proxy = proxy_of(url)
    there = (parts.hostname, port)
    via = (proxy.hostname, proxy.port or 80) if proxy else there
    if secure:
        made = http.client.HTTPSConnection(*via, timeout=timeout, context=context)
    else:
        made = http.client.HTTPConnection(*via, timeout=timeout)
    if proxy:
        made.set_tunnel(*there, headers=credentials(proxy))
    made.connect()
    return made


def proxy_of(url: str) -> SplitResult | None:
    """The proxy through which an address is to be reached, taken apart; or None.

    Raises
    ------
    InputError
        If it is no plain HTTP proxy, or its address is none.
    """
    named = select_proxy(url, get_environ_proxies(url))
    if not named:
        return None
    proxy = urlsplit(as_address(named))
    if proxy.scheme != "http":
        raise InputError(
            f"the environment names the proxy {proxy.scheme}://{proxy.hostname}: TAP "
            "jobs can only use HTTP proxies (http://...). Name one in HTTPS_PROXY, or "
            f"exempt the archive: NO_PROXY={urlsplit(url).hostname}"
        )
    return proxy


def as_address(named: str) -> str:
    """The address of a proxy, with its scheme.

    Raises
    ------
    InputError
        If it is none.
    """
    address = named
    try:
        address = prepend_scheme_if_needed(named, "http")
        parts = urlsplit(address)
        usable = parts.hostname and parts.hostname.encode("idna") and parts.port != 0
    except ValueError:  # no host, an open bracket, a port that is no number
        usable = False
    if not usable or any(map(str.isspace, address)):
        raise InputError(
            f"the environment names a proxy, in HTTPS_PROXY or its like, by {named!r}: "
            "an address like http://proxy:3128 is wanted"
        )
    return address


def credentials(proxy: SplitResult) -> dict[str, str]:
    """The header that tells a proxy who asks; empty if its address names nobody.

    Raises
    ------
    InputError
        If who asks cannot be written in a header.
    """
    user, password = get_auth_from_url(proxy.geturl())
    try:
        return make_headers(proxy_basic_auth=f"{user}:{password}") if user else {}
    except UnicodeEncodeError as error:
        raise InputError(
            f"the user or password of the proxy {proxy.hostname}, in HTTPS_PROXY or "
            "its like, has letters that a header cannot have (Latin-1 alone)"
        ) from error
