"""Reported: what a provider's callback is about. It is not believed; it causes a look at the provider."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ReportedKind = Literal["payment", "setup", "refund"]


@dataclass(frozen=True, slots=True)
class Reported:
    """kind and reference: what to look at; event_id: the provider's own, the same however often it is sent."""

    kind: ReportedKind
    reference: UUID
    event_id: str


class UnknownCallback(Exception):
    """A callback that is the gateway's, but about nothing that we ever asked of it."""


class ForgedCallback(Exception):
    """A callback whose signature is not the gateway's, or that is too old to be believed."""
