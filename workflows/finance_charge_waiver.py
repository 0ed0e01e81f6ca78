"""Waiver: AR gives up a finance charge, or a part of it, with a reason and within its authority: by a credit note."""

from datetime import datetime

from django.db import transaction as database

from eipp.accounts.roles import require
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit, posting
from eipp.ledger.finance_charge import FinanceCharge
from workflows import authority
from workflows.authority import AuthorityRequest

RIGHT = "charge.waive"


def waive(
    actor: Actor,
    charge: FinanceCharge,
    *,
    reason: str,
    amount: Money | None = None,
    granted: AuthorityRequest | None = None,
    now: datetime | None = None,
) -> FinanceCharge | AuthorityRequest:
    """Give up all that is left to pay of a charge, or an amount of it; what AR may not do alone is asked for instead.

    The reversing posting is a credit note over the charge's document, used for it at once. Events:
    `credit_note.posted`, `finance_charge.waived`. Refusals: `not_your_role` (403), `reason_missing` (422),
    `nothing_to_waive`, `more_than_charged` (409).
    """
    require(actor, RIGHT)
    reason, moment = reason.strip()[:1000], now or clock.now()
    if not reason:
        raise Refusal("reason_missing", "Say why the late fee is waived.", status=422, field="reason")
    with database.atomic():
        (document,), _ = posting.lock_invoices([charge.document])
        wanted = document.free if amount is None else amount
        _refuse_unfit(charge, document.free, wanted)
        asked = authority.require(
            actor, "waiver", wanted, about=charge, reason=reason, granted=granted, now=moment,
            payload={"amount": wanted.text, "reason": reason},
        )  # fmt: skip
        return asked or give_up(actor, charge, wanted, reason=reason, now=moment)


@database.atomic
def give_up(actor: Actor, charge: FinanceCharge, amount: Money, *, reason: str, now: datetime) -> FinanceCharge:
    """Post the credit and say so; whether somebody may is the caller's to know."""
    document = charge.document
    issued = clock.today(charge.supplier.time_zone, at=now)
    draft = credit.credit_amount(document, amount, issue_date=issued, reason=reason)
    fresh = FinanceCharge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
    charge.waived_minor = fresh.waived_minor + amount.minor
    charge.waived_at, charge.waived_by, charge.waiver_reason = now, actor.id, reason
    charge.save(update_fields=["waived_minor", "waived_at", "waived_by", "waiver_reason"])
    posting.post_credit_note(actor, draft, apply_to=document, now=now)
    events.record("finance_charge.waived", document, actor, concerns=[charge.invoice], occurred_at=now, data={
        "number": document.number, "amount": amount.text, "currency": charge.currency,
        "invoice": charge.invoice.number, "reason": reason,
    })  # fmt: skip
    return charge


def take_back(dispute_id: object, *, now: datetime) -> None:
    """A dispute that had been declined was accepted after all: what was made up for it and is not paid is given up."""
    made_up = FinanceCharge.objects.filter(cause=str(dispute_id), document__open_minor__gt=0)
    for charge in made_up.select_related("document", "invoice", "supplier").order_by("pk"):
        if free := charge.document.free:
            give_up(Actor.system("late fees"), charge, free, reason="The dispute was accepted", now=now)


def _refuse_unfit(charge: FinanceCharge, free: Money, wanted: Money) -> None:
    if not free:
        raise Refusal("nothing_to_waive", f"Nothing of late fee {charge.number} is left that could be waived.")
    if wanted.currency != free.currency or not 0 < wanted.minor <= free.minor:
        raise Refusal("more_than_charged", f"Between 0 and {free} of late fee {charge.number} can be waived.",
                      field="amount")  # fmt: skip
