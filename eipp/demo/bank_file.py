"""A bank statement to try: what the supplier's bank would say today about the money that is on its way here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from eipp.accounts.models import LegalEntity
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.ledger.models import Invoice
from eipp.web.middleware import ActingRequest
from workflows.bank_statement import BankStatement
from workflows.payment import ON_THE_WAY, Payment

MOST = 3


@dataclass(frozen=True, slots=True)
class Booking:
    """One amount that came."""

    amount: Money
    payer: str
    reference: str = ""
    text: str = ""


@require_GET
def statement(request: ActingRequest) -> HttpResponse:
    """camt.053: the open transfers by their references, an invoice named exactly, one short, one stranger."""
    actor = request.actor
    if not settings.EXAMPLE_WORLD or actor.side != "supplier" or not actor.may("cash.apply"):
        raise Http404
    entity = LegalEntity.objects.visible_to(actor).get(is_default=True)
    own = entity.bank_accounts[0]
    bookings = list(_bookings(actor, entity, own.get("currency") or "EUR"))
    answer = HttpResponse(_camt(actor, own, bookings, clock.today()), content_type="application/xml")
    answer["Content-Disposition"] = 'attachment; filename="bank-statement.xml"'
    return answer


def _bookings(actor: Actor, entity: LegalEntity, currency: str) -> Iterator[Booking]:
    payments = Payment.objects.visible_to(actor).filter(
        method="bank_transfer", state__in=ON_THE_WAY, legal_entity=entity, currency=currency
    )
    for payment in payments.select_related("buyer").order_by("submitted_at")[:MOST]:
        yield Booking(payment.amount, payment.buyer.name, payment.reference)
    invoices = Invoice.objects.visible_to(actor).filter(legal_entity=entity, currency=currency, held_minor=0)
    named = list(invoices.filter(open_minor__gt=1000).select_related("account").order_by("due_date", "pk")[:2])
    if named:
        yield Booking(named[0].free, named[0].account.name, text=f"Invoice {named[0].number}, thank you")
    if len(named) > 1:
        short = Money(named[1].free.minor - 500, currency)
        yield Booking(short, named[1].account.name, text=f"{named[1].number} less 5.00 for the late delivery")
    yield Booking(Money.parse("184.20" if currency != "JPY" else "184", currency), "M. Mustermann", text="Thank you")


def _camt(actor: Actor, own: dict[str, str], bookings: Sequence[Booking], day: date) -> str:
    """It follows the last one of the account, so that it is taken in."""
    currency = own.get("currency") or "EUR"
    rows = BankStatement.objects.visible_to(actor).filter(stated_account=own["iban"], closing_minor__isnull=False)
    last = rows.filter(set_aside_at=None).order_by("-ends_on", "-sequence").first()
    opening = last.closing if last and last.closing else Money.parse("10000", currency)
    number = (last.sequence or 0) + 1 if last else 1
    closing = opening + total((booking.amount for booking in bookings), currency)
    entries = "".join(_entry(booking, day, f"NW{number}-{at}") for at, booking in enumerate(bookings, 1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>EXAMPLE-{number}</MsgId><CreDtTm>{day}T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>{day:%Y%m%d}-{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{day}T18:00:00Z</CreDtTm>
<FrToDt><FrDtTm>{day}T00:00:00Z</FrDtTm><ToDtTm>{day}T23:59:59Z</ToDtTm></FrToDt>
<Acct><Id><IBAN>{own["iban"]}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{_balance("OPBD", opening, day)}{_balance("CLBD", closing, day)}{entries}</Stmt></BkToCstmrStmt></Document>
"""


def _balance(code: str, amount: Money, day: date) -> str:
    direction = "CRDT" if amount.minor >= 0 else "DBIT"
    return (f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{amount.currency}">{_plain(amount)}</Amt>'
            f"<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n")  # fmt: skip


def _entry(booking: Booking, day: date, bank_id: str) -> str:
    amount = f'<Amt Ccy="{booking.amount.currency}">{_plain(booking.amount)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    said = f"<Ustrd>{escape(booking.text)}</Ustrd>" if booking.text else (
        f"<Strd><CdtrRefInf><Ref>{escape(booking.reference)}</Ref></CdtrRefInf></Strd>"
    )  # fmt: skip
    return f"""<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>
<AcctSvcrRef>{bank_id}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{amount}
<RltdPties><Dbtr><Pty><Nm>{escape(booking.payer)}</Nm></Pty></Dbtr></RltdPties>
<RmtInf>{said}</RmtInf></TxDtls></NtryDtls></Ntry>
"""


def _plain(amount: Money) -> str:
    return f"{abs(Decimal(amount.text)):f}"
