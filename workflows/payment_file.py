"""Payment file: the transfers of a bank run as the buyer's bank takes them, judged once more when it is made.

Only into verified accounts of the payees; what is disputed, paid or no longer approved by now is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction as database
from stdnum import iban

from documents.bank import transfers
from documents.bank.transfers import Transfer
from eipp.accounts.models import Organisation
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from workflows.announced_payment import AnnouncedPayment
from workflows.payee import accounts_for
from workflows.release import release_refusal

FORMS = {"csv": "text/csv; charset=utf-8", "pain.001": "application/xml"}


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """left_out: the numbers of the invoices that do not go in it."""

    name: str
    content: bytes
    content_type: str
    left_out: Sequence[str]


@database.atomic
def payment_file(
    actor: Actor, announced: Sequence[AnnouncedPayment], *, form: str, account: str = "", now: datetime | None = None
) -> PaymentFile:
    """A file of announced payments that the actor sees. account: the payer's IBAN; empty, its software fills it in.

    Event: `announced_payment.exported` for each. Refusals: `not_your_role` (403), `unknown_form`, `wrong_iban` (422),
    `nothing_to_transfer`, `no_bank_account` (409).
    """
    if not actor.may("payment.make"):
        raise Refusal("not_your_role", "Your role does not let you make payment files.", status=403)
    if form not in FORMS:
        raise Refusal("unknown_form", f"Choose one of {', '.join(FORMS)}.", status=422, field="form")
    plain = "".join(account.split()).upper()
    if plain and not iban.is_valid(plain):
        raise Refusal("wrong_iban", "This is no IBAN: its check digits are wrong.", status=422, field="account")
    moment, made, left_out = now or clock.now(), [], []
    for row in announced:
        transfer, missing = _transfer(actor, row)
        left_out += missing
        if transfer:
            made.append((row, transfer))
    if not made:
        raise Refusal("nothing_to_transfer", "Nothing of this may be paid by now: it is paid, in dispute, not approved "
                                             "or withdrawn.")  # fmt: skip
    for row, transfer in made:
        events.record("announced_payment.exported", row, actor, concerns=row.concerns(), occurred_at=moment,
                      data=row.told() | {"amount": transfer.amount.text, "form": form})  # fmt: skip
    payer = Organisation.objects.get(pk=made[0][0].buyer_id)
    name, found = f"Transfers {made[0][0].number}", [transfer for _, transfer in made]
    if form == "csv":
        return PaymentFile(f"{name}.csv", transfers.table(found), FORMS[form], left_out)
    content = transfers.pain001(found, message=f"EIPP-{made[0][0].bank_run.hex[-12:]}-{moment:%H%M%S}", created=moment,
                                payer=payer.name, account=plain)  # fmt: skip
    return PaymentFile(f"{name}.xml", content, FORMS[form], left_out)


def _transfer(actor: Actor, row: AnnouncedPayment) -> tuple[Transfer | None, list[str]]:
    shares: list[tuple[Invoice, Money]] = []
    left_out = []
    for share in row.shares.select_related("invoice").order_by("invoice__due_date", "invoice_id"):
        amount = min(share.amount - share.came, share.invoice.free)
        fits = row.state == "announced" and bool(amount)
        if fits and release_refusal(actor, [(share.invoice, amount)]) is None:
            shares.append((share.invoice, amount))
        else:
            left_out.append(share.invoice.number)
    if not shares or release_refusal(actor, shares):
        return None, [*left_out, *(invoice.number for invoice, _ in shares)]
    accounts = accounts_for(row.legal_entity, row.currency)
    if not accounts:
        sentence = f"{row.legal_entity} has no verified bank account for {row.currency}: pay in another way."
        raise Refusal("no_bank_account", sentence)
    transfer = Transfer(
        payee=accounts[0].get("holder") or row.legal_entity.name, account=accounts[0].get("iban", ""),
        bank=accounts[0].get("bic", ""), amount=total((amount for _, amount in shares), row.currency),
        day=row.pays_on, reference=row.reference, invoices=[invoice.number for invoice, _ in shares],
    )  # fmt: skip
    return transfer, left_out
