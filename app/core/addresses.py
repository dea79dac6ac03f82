"""Checks of addresses on networks: websites, networks callers come from, addresses called back.

As in `core.checks`: what was typed goes in, the stored form comes out, or `Invalid` is raised.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _

from app.core.checks import Invalid, fold_text

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_URL_LIMIT = 300
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_INNER_DOMAINS = (".local", ".localhost", ".localdomain", ".internal", ".intranet", ".lan", ".home")


def website(text: str) -> str:
    """Accept an http or https address; one typed without either begins with http://."""
    url = text.strip()
    if "://" not in url and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9])", url):
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise Invalid(_("The address is not well formed")) from None
    if parts.scheme not in {"http", "https"}:
        raise Invalid(_("A website's address begins with http:// or https://"))
    if re.search(r"[\s\\\x00-\x1f\x7f<>\"']", url) or "." not in host:
        raise Invalid(_("The address is not well formed"))
    return url


def ip_ranges(text: str) -> list[Network]:
    """Read a list of allowed networks, one CIDR or address a line; empty lines are skipped."""
    networks = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not (entry := fold_text(line)):
            continue
        try:
            networks.append(ipaddress.ip_network(entry))
        except ValueError:
            raise Invalid(
                _("Line %(line)s is not an IP network such as 10.1.2.0/24", line=number)
            ) from None
    return networks


def https_url_public(text: str) -> str:
    """Accept an https address outside private networks, without a name or password in it.

    A host name may still lead to a private address: who opens a connection asks
    `is_public_address` of the address he connects to.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        raise Invalid(_("The address is not well formed")) from None
    if len(url) > _URL_LIMIT or re.search(r"[\s\\\x00-\x1f\x7f]", url) or not host:
        raise Invalid(_("The address is not well formed"))
    if parts.scheme != "https" or parts.username is not None:
        raise Invalid(_("The address must begin with https:// and hold no password"))
    if not _is_public_host(host):
        raise Invalid(_("The address must not lead into a private network"))
    return url


def is_public_address(address: str) -> bool:
    """Tell whether an IP address is one of the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return is_public_address(str(inner))
    return ip.is_global and not ip.is_multicast


def _is_public_host(host: str) -> bool:
    """Judge a host by its writing; numbers in disguise (0x7f.1, 2130706433) are no names."""
    if is_public_address(host):
        return True
    return bool(_HOST.fullmatch(host)) and not host.endswith(_INNER_DOMAINS)
