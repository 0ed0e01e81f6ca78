"""Destinations: which page shows a row, by its kind, for the reader's face."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse

from eipp.kernel.actor import Actor

#: A row's kind -> the name of its page; what has no page of its own is shown by a row that its event concerns.
PAGES = {
    "remittanceadvice": "remittance", "claim": "claim", "dispute": "dispute", "invoice": "invoice",
    "payment": "payment", "promise": "promise", "announcedpayment": "announced-payment", "autopay": "autopay",
    "creditnote": "credit-note", "refund": "refund", "plan": "plan", "offer": "offer", "webhookendpoint": "webhook",
}  # fmt: skip
OF_THE_PORTAL = {"savedmethod": "method"}
#: On the desk these come before what they are about.
ASKED = {"authorityrequest": "authority-request", "creditrequest": "credit-request"}
OF_THE_DESK = {
    "chargeback": "chargeback",
    "presentment": "document", "cashreceipt": "cash-receipt", "bankstatement": "bank-statement",
    "customeraccount": "customer",
}  # fmt: skip


def face_of(actor: Actor) -> str:
    """The namespace of the reader's face."""
    return "portal" if actor.side == "buyer" else "desk"


def destination(actor: Actor, rows: Iterable[tuple[str, UUID]]) -> str:
    """The page of the first of these rows (kind, id) that has one; empty where none has."""
    pages: Mapping[str, str] = PAGES | OF_THE_PORTAL if actor.side == "buyer" else ASKED | PAGES | OF_THE_DESK
    found = dict(reversed(list(rows)))
    kind = next((kind for kind in pages if kind in found), None)
    return reverse(f"{face_of(actor)}:{pages[kind]}", args=[found[kind]]) if kind else ""
