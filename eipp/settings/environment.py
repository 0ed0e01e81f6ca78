"""Reads EIPP_ variables from the environment; a wrong value stops the start with a sentence naming the variable."""

import os
import re
from collections.abc import Callable, Collection, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

#: Every variable that a setting reads; `.env.example` documents exactly these.
VARIABLES: set[str] = set()

Value = TypeVar("Value")
Network = IPv4Network | IPv6Network

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class WrongSetting(ImproperlyConfigured):
    """A variable of the environment holds something that cannot be meant."""


def _read(name: str, default: Value, parse: Callable[[str], Value], expected: str) -> Value:
    VARIABLES.add(name)
    written = os.environ.get(name, "").strip()
    if not written:
        return default
    try:
        return parse(written)
    except ValueError:
        raise WrongSetting(f"{name} must be {expected}, but is set to “{written}”.") from None


def text(name: str, default: str = "", *, shape: str = ".*") -> str:
    """A text of that shape; an empty variable counts as unset, as everywhere here."""

    def parse(written: str) -> str:
        if not re.fullmatch(shape, written):
            raise ValueError
        return written

    return _read(name, default, parse, f"a text like {shape}")


def secret(name: str) -> str:
    """A text that no message may repeat."""
    VARIABLES.add(name)
    return os.environ.get(name, "").strip()


def flag(name: str, *, default: bool) -> bool:
    """Yes or no: 1, true, yes, on or 0, false, no, off."""
    return _read(name, default, _flag, "yes or no (1 or 0)")


def number(name: str, default: int, *, lowest: int, highest: int) -> int:
    """A whole number between two bounds, both allowed."""

    def parse(written: str) -> int:
        value = int(written)
        if not lowest <= value <= highest:
            raise ValueError
        return value

    return _read(name, default, parse, f"a whole number from {lowest} to {highest}")


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of a few words."""

    def parse(written: str) -> str:
        if written.lower() not in among:
            raise ValueError
        return written.lower()

    return _read(name, default, parse, "one of " + ", ".join(among))


def listed(name: str, default: list[str]) -> list[str]:
    """Several texts with commas between them."""
    return _read(name, default, lambda written: [part.strip() for part in written.split(",") if part.strip()], "a list")


def networks(name: str, default: list[str]) -> list[Network]:
    """Several networks (or single addresses) with commas between them."""

    def parse(written: str) -> list[Network]:
        return [ip_network(part.strip()) for part in written.split(",") if part.strip()]

    expected = "networks like 10.0.0.0/8, with commas"
    return _read(name, [ip_network(part) for part in default], parse, expected)


def url(name: str, default: str, *, schemes: tuple[str, ...], path_only: tuple[str, ...] = ()) -> str:
    """An address of one of the `schemes`; those in `path_only` name a file of this machine instead of a host.

    The refusal never repeats the address, which may carry a password.
    """
    VARIABLES.add(name)
    written = os.environ.get(name, "").strip()
    if not written:
        return default
    try:
        parts = urlsplit(written)
        _ = parts.port
        right = parts.scheme in schemes and bool(parts.path if parts.scheme in path_only else parts.hostname)
    except ValueError:
        right = False
    if not right:
        raise WrongSetting(f"{name} must be an address that begins with {' or '.join(s + '://' for s in schemes)}.")
    return written


def folder(name: str, default: Path) -> Path:
    """An absolute folder; it is made (for this user alone) when missing."""
    path = _read(name, default, Path, "a folder").expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(f"{name} must be a folder that can be made and written: {error.strerror}.") from None
    return path


def together(*names: str) -> None:
    """All of them are set, or none is."""
    missing = [name for name in names if not os.environ.get(name, "").strip()]
    if missing and len(missing) < len(names):
        given = next(name for name in names if name not in missing)
        raise WrongSetting(f"{missing[0]} must be set as well, since {given} is; or leave both empty.")


def only_with(needed: str, name: str) -> None:
    """The variable means nothing without the other one."""
    if os.environ.get(name, "").strip() and not os.environ.get(needed, "").strip():
        raise WrongSetting(f"{needed} must be set as well, since {name} is; or leave both empty.")


def known(written: str, among: Collection[str], name: str) -> str:
    """One of a list's words, which has to be known."""
    if written not in among:
        raise WrongSetting(f"{name} may name {', '.join(among)}, but is set to “{written}”.")
    return written


def refuse_inside(allowed: Collection[str], gateways: Iterable[str], *, harmless: Collection[str]) -> None:
    """Calls into the own network are for trying things out: never where a gateway moves real money."""
    real = [name for name in gateways if name not in harmless]
    if allowed and real:
        raise WrongSetting(f"EIPP_OUTSIDE_ALLOW must be empty where the gateway {real[0]} moves real money.")


def _flag(written: str) -> bool:
    if written.lower() not in YES | NO:
        raise ValueError
    return written.lower() in YES
