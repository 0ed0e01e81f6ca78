"""Claim: a buyer files what it objects to in one go, row by row; each row ends in a dispute of the right invoice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db import transaction as database

from documents.claim_sheet import SheetRow
from documents.file import attach
from documents.models import StoredFile
from eipp.accounts.models import CustomerAccount, Organisation
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import total
from eipp.kernel.record import DecimalText, Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger.posting import lock_accounts
from workflows.claim_check import CheckedRow, Group, check, groups_of
from workflows.dispute import Dispute, open_dispute
from workflows.remittance_matching import family


class Claim(Entity):
    """What was filed together. What becomes of it is what becomes of its disputes: it has no state of its own.

    amount: what its disputes were worth when they were opened; file: the sheet it came from.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="claims")
    number = models.CharField(max_length=20)
    comment = models.TextField(max_length=5000, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    dispute_count = models.IntegerField()
    file = models.ForeignKey(StoredFile, models.SET_NULL, related_name="+", null=True)
    attempt = models.UUIDField(null=True)
    filed_by = models.UUIDField(null=True)
    filed_at = models.DateTimeField()
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="claim_number"),
            models.UniqueConstraint(fields=["buyer", "attempt"], name="one_claim_per_attempt"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="claim_amount_positive"),
        )
        indexes = (
            models.Index(fields=["supplier", "-filed_at", "-id"], name="claim_supplier"),
            models.Index(fields=["buyer", "-filed_at", "-id"], name="claim_buyer"),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)


class ClaimLine(Entity):
    """A row as it was filed, and the dispute in which it went; rows of one invoice and reason share one."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines")
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="claim_lines")
    position = models.IntegerField()
    row = models.IntegerField()
    document_number = models.CharField(max_length=100, blank=True)
    line_number = models.CharField(max_length=100, blank=True)
    quantity = DecimalText(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    comment = models.TextField(max_length=1000, blank=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="claim__buyer_id", supplier="claim__supplier_id", account="claim__account_id")

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["claim", "position"], name="claim_line_position"),)

    def __str__(self) -> str:
        return f"{self.row} {self.amount}"


def file_claim(
    actor: Actor,
    account: CustomerAccount,
    rows: Sequence[SheetRow],
    *,
    comment: str = "",
    file: StoredFile | None = None,
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> Claim:
    """Open the disputes of all rows, or of none: what `check` finds wrong with one refuses them all (422, by row).

    file: the sheet, found through the actor. attempt: the client's key, by which filing twice is filing once. Events:
    `dispute.opened` for each dispute, then `claim.filed`. Refuses as `open_dispute` does.
    """
    _require_right(actor)
    if account.buyer_id is None:
        raise Refusal("no_buyer", "Nobody has signed up for this account yet.", status=422, field="account")
    moment = now or clock.now()
    with database.atomic():
        lock_accounts(family(account))
        if attempt and (before := Claim.objects.filter(buyer_id=account.buyer_id, attempt=attempt).first()):
            return before
        checked = check(actor, account, rows)
        _refuse_faulty(checked)
        groups = groups_of(checked)
        disputes = [_opened(actor, account, group, comment, moment) for group in groups]
        claim = Claim.objects.create(
            supplier_id=account.supplier_id, buyer_id=account.buyer_id, account=account, number=_number(account),
            comment=comment.strip()[:5000], currency=account.currency, dispute_count=len(disputes), file=file,
            amount_minor=_worth(account, disputes), attempt=attempt, filed_by=actor.id, filed_at=moment,
        )  # fmt: skip
        ClaimLine.objects.bulk_create(_lines(claim, groups, disputes), batch_size=500)
        if file:
            attach(file, to=claim, now=moment)
        events.record("claim.filed", claim, actor, concerns=disputes, data=_told(claim), occurred_at=moment)
    return claim


def _opened(actor: Actor, account: CustomerAccount, group: Group, comment: str, now: datetime) -> Dispute:
    said = dict.fromkeys(filter(None, (comment.strip(), *(row.said for row in group.rows))))
    return open_dispute(
        actor, group.invoice or account, reason=group.reason, comment="\n".join(said), lines=group.units,
        amount=None if group.units else group.amount, now=now,
    )  # fmt: skip


def _lines(claim: Claim, groups: Sequence[Group], disputes: Sequence[Dispute]) -> list[ClaimLine]:
    pairs = [(row, dispute) for group, dispute in zip(groups, disputes, strict=True) for row in group.rows]
    pairs.sort(key=lambda pair: pair[0].sheet.row)
    return [
        ClaimLine(
            claim=claim, dispute=dispute, position=position, row=row.sheet.row, reason=row.reason,
            document_number=row.invoice.number if row.invoice else "", line_number=row.sheet.line,
            quantity=row.sheet.quantity if row.line else None, currency=dispute.currency,
            amount_minor=row.amount.minor if row.amount else 0, comment=row.sheet.comment,
        )
        for position, (row, dispute) in enumerate(pairs, 1)
    ]  # fmt: skip


def _worth(account: CustomerAccount, disputes: Sequence[Dispute]) -> int:
    return total([dispute.amount for dispute in disputes], account.currency).minor


def _refuse_faulty(rows: Sequence[CheckedRow]) -> None:
    if not rows:
        raise Refusal("no_rows", "Choose at least one row to file.", status=422, field="rows")
    faulty = [row for row in rows if row.fault]
    if faulty:
        errors = [{"field": f"rows[{row.sheet.row}]", "code": "row_refused", "message": row.fault} for row in faulty]
        first = f"Row {faulty[0].sheet.row}: {faulty[0].fault}"
        raise Refusal("rows_refused", f"{first} Nothing was filed.", status=422, errors=errors[:200])


def _told(claim: Claim) -> dict[str, Any]:
    return {
        "number": claim.number, "amount": claim.amount.text, "currency": claim.currency,
        "disputes": claim.dispute_count,
    }  # fmt: skip


def _number(account: CustomerAccount) -> str:
    return f"C-{numbering.take(f'claim:{account.supplier_id}')[0]:05d}"


def _require_right(actor: Actor) -> None:
    if not actor.may("dispute.open"):
        raise Refusal("not_your_role", "Your role does not let you file claims.", status=403)
