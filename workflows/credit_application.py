"""Credit application: AR uses credit notes for invoices of its choice, and undoes it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction as database

from eipp.accounts.roles import require
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Application, CreditNote, Invoice

RIGHT = "cash.apply"


@database.atomic
def apply(
    actor: Actor, note: CreditNote, shares: Sequence[tuple[Invoice, Money]], *, now: datetime | None = None
) -> list[Application]:
    """Use what is left of a credit note for invoices. Events: `application.made`.

    Refused (409): `more_than_open`, `more_than_left`; (422): `nothing_chosen`, `wrong_currency`, `other_payee`,
    `other_buyer`.
    """
    require(actor, RIGHT)
    if not shares:
        raise Refusal("nothing_chosen", "Choose at least one invoice and an amount.", status=422, field="invoices")
    return posting.apply_credit(actor, note, shares, now=now)


@database.atomic
def undo(
    actor: Actor, note: CreditNote, applications: Sequence[Application], *, now: datetime | None = None
) -> list[Application]:
    """Undo uses of a credit note: it can be used again, the invoices are open. Events: `application.reversed`.

    Refused (409): `already_reversed`, `withdrawn` for the note that took an invoice back; (422): `nothing_chosen`.
    """
    require(actor, RIGHT)
    own = [each for each in applications if each.credit_note_id == note.pk and each.reverses_id is None]
    if not own:
        raise Refusal("nothing_chosen", "Choose what is to be undone.", status=422, field="application")
    for each in own:
        if each.invoice.withdrawn_at:
            raise Refusal("withdrawn", f"Invoice {each.invoice.number} was withdrawn by this credit note: that stays.")
    return posting.reverse_applications(actor, own, now=now)
