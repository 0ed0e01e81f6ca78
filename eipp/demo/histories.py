"""Histories: what happened in the example world before today, played by the cast."""

from collections.abc import Mapping
from uuid import UUID

from eipp.demo.world import World
from eipp.ledger.models import Invoice


def fill(world: World) -> None:
    """Play the histories."""


def named(ids: Mapping[str, UUID]) -> dict[str, Invoice]:
    """The invoices of the story, fresh from the database."""
    rows = Invoice.objects.in_bulk(ids.values())
    return {name: rows[pk] for name, pk in ids.items()}
