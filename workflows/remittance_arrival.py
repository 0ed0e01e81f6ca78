"""Arrival of remittance advices: sent as a file and read by the worker, or as lines, which stand at once."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction as database

from documents import remittance_advice as neutral
from documents.models import FileLink, StoredFile
from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.jobs import nudge
from eipp.kernel.money import Money, decimals
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CreditNote, Invoice
from eipp.ledger.posting import lock_accounts
from workflows.remittance_advice import TYPED, RemittanceAdvice, RemittanceLine
from workflows.remittance_matching import Finder, loosely

PLATFORM = Actor.system("remittances")
JOB = "workflows.jobs.read_remittances"
MOST_LINES = 5_000
MOST_PAYMENTS = 20  # of one file, when none of them can be told to be meant for this supplier
MOST_CONCERNED = 500  # invoices in whose history an advice is told
Verdict = RemittanceAdvice.Verdict


def send_file(
    actor: Actor, file: StoredFile, *, account: CustomerAccount, comment: str = "", now: datetime | None = None
) -> RemittanceAdvice:
    """The buyer sends an advice as a file (found through the actor); the worker reads it once it is checked.

    Sending the same file again changes nothing. Events: `remittance.sent`, then `remittance.read` or `.unread`.
    Refusals: `not_your_role` (403), `nothing_sent` (409), `file_refused`, `file_taken`, `no_buyer` (422).
    """
    _require_right(actor)
    if file.uploaded_at is None:
        raise Refusal("nothing_sent", f"“{file.name}” has not arrived yet; choose it again.", field="file")
    if file.verdict == StoredFile.Verdict.REFUSED:
        raise Refusal("file_refused", f"“{file.name}” was refused: {file.reason}", status=422, field="file")
    moment = now or clock.now()
    with database.atomic():
        file = StoredFile.objects.select_for_update().get(pk=file.pk)
        if before := RemittanceAdvice.objects.filter(file=file, buyer_id=account.buyer_id).order_by("number").first():
            return before
        if FileLink.objects.filter(file=file).exists():
            raise Refusal("file_taken", f"“{file.name}” belongs to something else already; send it anew.", status=422)
        advice = _begun(actor, account, moment, file=file, comment=comment.strip()[:2000])
        advice.save(force_insert=True)
        events.record("remittance.sent", advice, actor, data=_told(advice) | {"file": file.name}, occurred_at=moment)
        nudge(JOB)
    return advice


def send_lines(
    actor: Actor,
    account: CustomerAccount,
    lines: Sequence[neutral.RemittanceLine],
    *,
    reference: str = "",
    paid_on: date | None = None,
    amount: Money | None = None,
    comment: str = "",
    remarks: Sequence[str] = (),
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> RemittanceAdvice:
    """The buyer says line by line what a payment is for. attempt: the client's key, by which sending it twice is once.

    Event: `remittance.read`. Refusals: `not_your_role` (403), `no_lines`, `too_many_lines`, `wrong_currency` (422).
    """
    _require_right(actor)
    if not lines:
        raise Refusal("no_lines", "Name at least one invoice with its amount.", status=422, field="lines")
    if len(lines) > MOST_LINES:
        raise Refusal("too_many_lines", f"At most {MOST_LINES:,} lines at once; send the rest in another.", status=422)
    if amount is not None and amount.currency != account.currency:
        raise Refusal("wrong_currency", f"The account is kept in {account.currency}.", status=422, field="amount")
    moment = now or clock.now()
    told = neutral.with_sum_remark(neutral.RemittanceAdvice(
        notation=TYPED, reference=reference.strip()[:140], paid_on=paid_on, lines=list(lines), remarks=list(remarks),
        amount=amount.amount if amount else None, currency=account.currency,
    ))  # fmt: skip
    with database.atomic():
        lock_accounts([account.pk])
        known = RemittanceAdvice.objects.filter(buyer_id=account.buyer_id, attempt=attempt)
        if attempt and (before := known.first()):
            return before
        advice = _begun(actor, account, moment, attempt=attempt, comment=comment.strip()[:2000])
        _fill(advice, told, Finder(account, _numbers([told])), moment)
        _stands(advice, actor, moment)
    return advice


def waiting() -> list[RemittanceAdvice]:
    """What was sent as a file and is checked by now, oldest first."""
    rows = RemittanceAdvice.objects.filter(checked_at=None).exclude(file__verdict=StoredFile.Verdict.PENDING)
    return list(rows.select_related("file", "account").order_by("sent_at")[:50])


def read(advice: RemittanceAdvice, *, now: datetime) -> None:
    """Read one that waits: it stands with all its lines, or with the reason why not; its file is there either way."""
    file = advice.file
    if file is None:
        return _not_understood(advice, Verdict.REFUSED, "The file never arrived whole; send it again.", now)
    if not file.is_clean:
        return _not_understood(advice, Verdict.REFUSED, file.reason, now)
    try:
        payments = neutral.read(file.read())
    except Refusal as refusal:
        if refusal.status == 503:  # all places for reading are taken: it is read next time
            return None
        return _not_understood(advice, Verdict.UNREAD, refusal.sentence, now)
    finder = Finder(advice.account, _numbers(payments))
    meant, remark = _meant(payments, finder)
    if not meant:
        return _not_understood(advice, Verdict.UNREAD, remark, now)
    with database.atomic():
        if not _still_waiting(advice):
            return None
        remarks = [*filter(None, (remark, _sent_before(advice)))]
        for index, payment in enumerate(meant):
            row = advice if index == 0 else _begun_beside(advice)
            _fill(row, msgspec.structs.replace(payment, remarks=[*payment.remarks, *remarks]), finder, now)
            _stands(row, PLATFORM, now)
    return None


def _meant(payments: list[neutral.RemittanceAdvice], finder: Finder) -> tuple[list[neutral.RemittanceAdvice], str]:
    """The payments of a file that are this supplier's business: those that name a document of the account.

    A bank's file tells of everybody who was paid; what was paid to others is neither kept nor shown.
    """
    payments = [payment for payment in payments if payment.lines]
    named = [each for each in payments if any(finder.find(line.number, line.others)[0] for line in each.lines)]
    if named and len(named) < len(payments):
        return named, f"{len(payments) - len(named)} other payments of the file name none of this account's documents."
    if named or len(payments) <= MOST_PAYMENTS:
        return payments, ""
    return [], f"None of the file's {len(payments):,} payments names a document of account {finder.account.number}."


def _fill(advice: RemittanceAdvice, told: neutral.RemittanceAdvice, finder: Finder, now: datetime) -> None:
    advice.currency = told.currency if _is_currency(told.currency) else finder.account.currency
    remarks = list(told.remarks)
    advice.notation, advice.payer, advice.payee = told.notation, told.payer, told.payee
    advice.reference, advice.paid_on = told.reference[:140], told.paid_on
    advice.amount_minor = _minor(told.amount, advice.currency, remarks, "The payment")
    lines = [_line(advice, position, line, finder, remarks) for position, line in enumerate(told.lines[:MOST_LINES], 1)]
    advice.sum_minor = sum(line.amount_minor or 0 for line in lines if line.currency == advice.currency)
    advice.line_count, advice.matched_count = len(lines), sum(line.matched for line in lines)
    advice.remarks = [remark[:500] for remark in remarks[:50]]
    advice.verdict, advice.checked_at = Verdict.READ, now
    advice.save()
    RemittanceLine.objects.bulk_create(lines, batch_size=500)


def _line(
    advice: RemittanceAdvice, position: int, told: neutral.RemittanceLine, finder: Finder, remarks: list[str]
) -> RemittanceLine:
    currency = told.currency if _is_currency(told.currency) else advice.currency
    document, fault = finder.find(told.number, told.others)
    if document and document.currency != currency:
        fault = f"{document.number} is in {document.currency}, the line is in {currency}."
        document = None
    figures = {
        f"{name}_minor": _minor(getattr(told, name), currency, remarks, told.where)
        for name in ("amount", "gross", "discount", "deduction")
    }
    for name in ("discount_minor", "deduction_minor"):
        figures[name] = figures[name] or 0
    other = document is not None and loosely(document.number) != loosely(told.number)
    number = document.number if document and other else told.number
    return RemittanceLine(
        advice=advice, position=position, where=told.where[:40], document_number=number[:100], currency=currency,
        invoice=document if isinstance(document, Invoice) else None, reason=told.reason[:200], fault=fault[:300],
        credit_note=document if isinstance(document, CreditNote) else None, **figures,
    )  # fmt: skip


def _minor(amount: Decimal | None, currency: str, remarks: list[str], where: str) -> int | None:
    """Whole minor units; an amount that the currency cannot hold is told and left out."""
    if amount is None:
        return None
    if amount != round(amount, decimals(currency)) or abs(amount) >= 10**12:
        remarks.append(f"{where.capitalize()}: {amount:f} is no amount in {currency}.")
        return None
    return Money.of(amount, currency).minor


def _begun(actor: Actor, account: CustomerAccount, now: datetime, **facts: Any) -> RemittanceAdvice:
    if account.buyer_id is None:
        raise Refusal("no_buyer", "Nobody has signed up for this account yet.", status=422, field="account")
    return RemittanceAdvice(
        supplier_id=account.supplier_id, buyer_id=account.buyer_id, account=account, currency=account.currency,
        number=_number(account.supplier_id), sent_by=actor.id, sent_at=now, **facts,
    )  # fmt: skip


def _begun_beside(advice: RemittanceAdvice) -> RemittanceAdvice:
    """One more payment of the same file."""
    return RemittanceAdvice(
        supplier_id=advice.supplier_id, buyer_id=advice.buyer_id, account=advice.account, currency=advice.currency,
        number=_number(advice.supplier_id), sent_by=advice.sent_by, sent_at=advice.sent_at, file=advice.file,
        comment=advice.comment,
    )  # fmt: skip


def _stands(advice: RemittanceAdvice, actor: Actor, now: datetime) -> None:
    _link(advice, now)
    named = list(Invoice.objects.filter(remittance_lines__advice=advice).distinct().only("pk")[:MOST_CONCERNED])
    events.record("remittance.read", advice, actor, concerns=named, data=_told(advice), occurred_at=now)


def _not_understood(advice: RemittanceAdvice, verdict: str, reason: str, now: datetime) -> None:
    with database.atomic():
        if not _still_waiting(advice):
            return
        advice.verdict, advice.reason, advice.checked_at = verdict, reason[:500], now
        advice.save()
        _link(advice, now)
        events.record("remittance.unread", advice, PLATFORM, data=_told(advice), occurred_at=now)


def _link(advice: RemittanceAdvice, now: datetime) -> None:
    """Whoever sees the advice now sees its file; one whose content was refused stays with its sender."""
    if advice.file and advice.file.is_clean:
        FileLink.objects.create(
            file=advice.file, kind=events.kind_of(advice), object_id=advice.pk, supplier_id=advice.supplier_id,
            buyer_id=advice.buyer_id, account_id=advice.account_id, linked_at=now,
        )  # fmt: skip


def _still_waiting(advice: RemittanceAdvice) -> bool:
    return RemittanceAdvice.objects.select_for_update().filter(pk=advice.pk, checked_at=None).exists()


def _sent_before(advice: RemittanceAdvice) -> str:
    assert advice.file is not None
    same = RemittanceAdvice.objects.filter(account=advice.account, file__sha256=advice.file.sha256)
    before = same.exclude(file=advice.file).filter(sent_at__lte=advice.sent_at).order_by("sent_at").first()
    return f"The same file was sent before as {before.number}." if before else ""


def _numbers(payments: Sequence[neutral.RemittanceAdvice]) -> set[str]:
    return {number for payment in payments for line in payment.lines for number in (line.number, *line.others)}


def _told(advice: RemittanceAdvice) -> dict[str, Any]:
    told: dict[str, Any] = {"number": advice.number, "currency": advice.currency}
    return told | ({"amount": advice.whole.text} if advice.verdict == Verdict.READ else {})


def _is_currency(code: str) -> bool:
    try:
        return bool(code) and decimals(code) >= 0
    except Refusal:
        return False


def _number(supplier_id: UUID) -> str:
    return f"R-{numbering.take(f'remittance:{supplier_id}')[0]:05d}"


def _require_right(actor: Actor) -> None:
    if not actor.may("remittance.send"):
        raise Refusal("not_your_role", "Your role does not let you send remittance advices.", status=403)
