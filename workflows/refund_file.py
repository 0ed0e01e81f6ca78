"""Refund file: the payouts to be sent, as the supplier's bank takes them, each to the payer's account in force.

What goes in a file is marked as sent by it, so that no second file holds it; the same file can be had again by its run.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction as database

from documents.bank import transfers
from documents.bank.transfers import Transfer
from eipp.accounts.models import LegalEntity
from eipp.accounts.roles import require
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger.posting import lock_accounts
from workflows.payee import accounts_for
from workflows.payment_file import FORMS, PaymentFile
from workflows.refund import RIGHT, Refund

MOST = 500


def to_be_sent(actor: Actor) -> Any:
    """The payouts for which a file can be made: let go, not sent yet, to somebody with an account here."""
    rows = Refund.objects.visible_to(actor).filter(state="submitted", gateway="", buyer__isnull=False)
    return rows.select_related("legal_entity", "buyer", "paid_to").order_by("asked_at", "pk")


@database.atomic
def make(
    actor: Actor, entity: LegalEntity, currency: str, *, form: str, bank_run: UUID, now: datetime | None = None
) -> PaymentFile:
    """The file of all payouts of a body in a currency; each is marked as sent. Event: `refund.sent` for each.

    bank_run: names the file; the same once more is the same file. Refusals: 403; 422 `unknown_form`; 409
    `nothing_to_transfer`, `no_bank_account`, `no_bank_details` (which names whose).
    """
    require(actor, RIGHT)
    moment = now or clock.now()
    if not Refund.objects.visible_to(actor).filter(bank_run=bank_run).exists():
        rows = to_be_sent(actor).filter(legal_entity=entity, currency=currency)
        chosen = list(rows[:MOST])
        lock_accounts({account for row in chosen for account in row.account_ids()})
        for row in chosen:
            row.mark_sent(actor, now=moment, bank_run=bank_run)
    return again(actor, bank_run, form=form)


def again(actor: Actor, bank_run: UUID, *, form: str) -> PaymentFile:
    """A file that was made before, with the same bytes. Refusals: as of `make`."""
    require(actor, RIGHT)
    if form not in FORMS:
        raise Refusal("unknown_form", f"Choose one of {', '.join(FORMS)}.", status=422, field="form")
    rows = Refund.objects.visible_to(actor).filter(bank_run=bank_run, paid_to__isnull=False).order_by("number")
    refunds = list(rows.select_related("legal_entity__organisation", "paid_to"))
    if not refunds:
        raise Refusal("nothing_to_transfer", "No refund waits to be sent by bank there.")
    first = refunds[0]
    accounts = accounts_for(first.legal_entity, first.currency)
    if not accounts:
        raise Refusal("no_bank_account", f"{first.legal_entity} has no verified bank account for {first.currency}, "
                                         "from which it could be sent.")  # fmt: skip
    sent = first.sent_at or clock.now()
    found, name = [_transfer(row, sent) for row in refunds], f"Refunds {first.number}"
    if form == "csv":
        return PaymentFile(f"{name}.csv", transfers.table(found), FORMS[form], [])
    content = transfers.pain001(
        found, message=f"EIPP-R-{bank_run.hex[-20:]}", created=sent, payer=first.legal_entity.name,
        account=accounts[0].get("iban", ""), bank=accounts[0].get("bic", ""),
    )  # fmt: skip
    return PaymentFile(f"{name}.xml", content, FORMS[form], [])


def _transfer(refund: Refund, sent: datetime) -> Transfer:
    to = refund.paid_to
    assert to  # only what has an account is in a file
    return Transfer(
        payee=to.holder, account=to.account, bank=to.bic, amount=refund.amount,
        day=clock.today(refund.legal_entity.organisation.time_zone, at=sent), reference=refund.number,
        text=f"Refund {refund.number}",
    )  # fmt: skip
