"""Outside address: where a call may go. What counts is the address that is really connected to, however it is spelt."""

import re
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from eipp.kernel.refusal import Refusal

Address = IPv4Address | IPv6Address
#: Finds the numbers of a name: (name, port) -> addresses as text.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
PORTS = {"http": 80, "https": 443}
LONGEST = 500
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
#: Names that mean this machine or network wherever they are asked (RFC 6761, 6762, 8375, and a reserved one).
_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa", "localdomain", "lan", "intranet")
#: Not for the public, though `ipaddress` calls some of them global: special numbers, and a cloud's inner address.
_FENCED = [
    ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "64:ff9b:1::/48", "fec0::/10", "::/96")
]
#: IPv6 networks (RFC 6052, 6145) whose last 32 bits are an IPv4 address that a gateway goes on to.
_CARRIERS = [ip_network("64:ff9b::/96"), ip_network("::ffff:0:0:0/96")]


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: `host` as name or number, in ASCII and without a final dot."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def written(self) -> str:
        """Host and port as the Host field has them (RFC 9110 7.2): no port where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str) -> Target:
    """What a URL names; Refusal (422) where nothing may be called there, as far as can be told without asking DNS."""
    parts = _parts(url)
    host = _host(parts)
    if not host:
        raise _refused("This address names no host.")
    if parts.username is not None or parts.password is not None:
        raise _refused("Leave name and password out of the address; our calls are signed.")
    try:
        port = parts.port if parts.port is not None else PORTS[parts.scheme]
    except ValueError:
        port = 0
    if not port:
        raise _refused("A port is a number from 1 to 65535.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(parts.scheme, host, port, path)
    if not is_allowed(found, ""):
        _refuse_local(host)
    return found


def literal(host: str) -> Address | None:
    """The address that a host is, in any spelling that systems take: 127.1, 0x7f000001, 017700000001, [::1]."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if _looks_like_numbers(host) else None
    except (OSError, ValueError):
        return None


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet may be meant by it; what an address carries within counts as well."""
    if isinstance(address, IPv6Address) and address.scope_id:
        return False
    if any(address.version == network.version and address in network for network in _FENCED):
        return False
    inner = any(not is_public(each) for each in _within(address))
    odd = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    return address.is_global and not odd and not address.is_unspecified and not inner


def is_allowed(wanted: Target, address: str) -> bool:
    """Whether the operator opened this host or address, or this one port of it (EIPP_OUTSIDE_ALLOW)."""
    names = {name for name in (wanted.host, address) if name}
    open_to = {name.lower() for name in settings.OUTSIDE_ALLOW}
    return bool(open_to & (names | {f"{name}:{wanted.port}" for name in names}))


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST:
        raise _refused(f"Please keep the address within {LONGEST} characters.")
    if re.search(r"[^\x21-\x7e\u00a1-\uffff]|\\|#", url):
        raise _refused("An address has no blanks, backslashes, # or signs that cannot be seen.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _refused("This is not an address.") from None
    if parts.scheme not in PORTS:
        raise _refused("Write an address that begins with https:// (or http://).")
    return parts


def _host(parts: SplitResult) -> str:
    """In ASCII (IDNA), small letters, without a final dot."""
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        if "%" in host or literal(host) is None:
            raise _refused("This is not an address of a host.")
        return str(literal(host))
    try:
        host = host.encode("idna").decode("ascii").lower().removesuffix(".") if host else ""
    except UnicodeError:
        raise _refused("This is not a name of a host.") from None
    if host and (not _NAME.fullmatch(host) or len(host) > 253):
        raise _refused("This is not a name of a host.")
    number = literal(host) if host else None
    return str(number) if number else host


def _refuse_local(host: str) -> None:
    number = literal(host)
    if number is not None and not is_public(number):
        raise _refused("This address lies in a private network; webhooks go to public addresses only.")
    if number is None and ("." not in host or host.endswith(tuple(f".{name}" for name in _LOCAL_NAMES))):
        raise _refused("This name means something inside a network; webhooks go to public addresses only.")


def _looks_like_numbers(host: str) -> bool:
    """Systems take one to four numbers, each decimal, octal or hexadecimal, for an IPv4 address."""
    return re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}", host, re.IGNORECASE) is not None


def _within(address: Address) -> Iterator[Address]:
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    yield from address.teredo or ()
    if any(address in network for network in _CARRIERS):
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _refused(sentence: str) -> Refusal:
    return Refusal("address_refused", sentence, status=422, field="url")
