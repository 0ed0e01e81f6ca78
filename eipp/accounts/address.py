"""Postal addresses: six facts, kept as JSON beside whoever has them."""

from collections.abc import Mapping

from eipp.accounts.plain_text import plain

PARTS = ("line1", "line2", "city", "postal_code", "subdivision", "country")
LONGEST = 200

Address = dict[str, str]


def address(parts: Mapping[str, str] | None) -> Address:
    """The parts that are known and filled in, each as plain text; unknown ones are a programming error."""
    parts = parts or {}
    if unknown := set(parts) - set(PARTS):
        raise ValueError(f"an address has no {', '.join(sorted(unknown))}")
    written = {name: plain(parts.get(name) or "", field=f"address.{name}", longest=LONGEST) for name in PARTS}
    return {name: text for name, text in written.items() if text}


def address_lines(parts: Mapping[str, str]) -> list[str]:
    """The address as it stands on an envelope, without empty lines."""
    town = " ".join(filter(None, (parts.get("postal_code"), parts.get("city"))))
    lines = (parts.get("line1"), parts.get("line2"), town, parts.get("subdivision"), parts.get("country"))
    return [line for line in lines if line]
