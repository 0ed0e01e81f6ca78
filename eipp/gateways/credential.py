"""Credential: what a provider wants to know before it works for a payee."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credential:
    """name: the key under which it is kept; shape: what it has to look like; is_secret: it is never shown again."""

    name: str
    label: str
    help: str
    shape: str
    is_secret: bool = True
