"""Bank statement: what a bank said about a supplier's account, kept as it came, with each movement and its outcome.

Nobody decides about a statement by stages: it is right, or it is held with every reason. So it keeps facts with times,
and its standing is read from them. An entry's outcome says where its money went.
"""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import EventScope, Scope, ScopedQuerySet
from eipp.ledger.models import CashReceipt

#: What AR may accept, saying why: the statement is whole in itself. The rest needs another file, or another setting.
ACCEPTABLE = frozenset({"out_of_order", "does_not_follow", "number_taken"})
#: What is found while reading, and does not change until another file comes.
OF_THE_FILE = frozenset({"unreadable", "control_totals", "finer_than_currency", "unknown_currency", "other_currency"})
WAITING = ("waiting", "return")
OUTCOMES = {
    "": "Being looked at", "payment": "Payment settled", "applied": "Applied to invoices", "account": "On account",
    "waiting": "Waits for a customer", "return": "Waits: money went back", "returned": "Receipt taken back",
    "known": "Counted before", "outgoing": "Money that went out", "noted": "Not a customer payment",
}  # fmt: skip


class SupplierQuerySet(ScopedQuerySet):
    """A bank statement is about all customers: who is limited to some accounts does not see it."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        return rows if actor.account_ids is None else rows.none()


class BankStatementQuerySet(SupplierQuerySet):
    def held(self) -> Self:
        return self.filter(set_aside_at=None, accepted_at=None).exclude(faults=[])

    def to_be_applied(self) -> Self:
        return self.filter(Q(faults=[]) | Q(accepted_at__isnull=False), set_aside_at=None, applied_at=None)


class BankStatement(Entity):
    """number: the bank's own id; sequence: its place among the statements of the account, where the bank counts them.

    bank_account: as compared, letters and digits alone; content_hash: of what it says, so that the same statement in
    another file is the same; faults: `{code, message}` each; came, went: the sums of its entries by direction.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+", null=True)
    notation = models.CharField(max_length=30)
    number = models.CharField(max_length=60, blank=True)
    sequence = models.BigIntegerField(null=True)
    stated_account = models.CharField(max_length=60, blank=True)
    bank_account = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    came_minor = models.BigIntegerField(default=0)
    went_minor = models.BigIntegerField(default=0)
    entry_count = models.IntegerField(default=0)
    original_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    faults = models.JSONField(default=list)
    received_at = models.DateTimeField()
    received_by = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.UUIDField(null=True)
    accept_reason = models.TextField(blank=True)
    set_aside_at = models.DateTimeField(null=True)
    set_aside_reason = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)
    opening = MoneyOf("opening_minor")
    closing = MoneyOf("closing_minor")
    came = MoneyOf("came_minor")
    went = MoneyOf("went_minor")
    scope = Scope(supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(BankStatementQuerySet)()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("supplier", "content_hash"), name="bank_statement_once"),)
        indexes = (
            models.Index(fields=("supplier", "-received_at", "-id"), name="bank_statement_received"),
            models.Index(fields=("supplier", "bank_account", "ends_on"), name="bank_statement_account"),
            models.Index(
                fields=("received_at",), name="bank_statement_to_apply", condition=Q(applied_at=None, set_aside_at=None)
            ),
        )

    def __str__(self) -> str:
        name = self.number or (str(self.sequence) if self.sequence is not None else "")
        return name or f"{self.stated_account} {self.ends_on or ''}".strip() or "?"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)

    @property
    def standing(self) -> str:
        """`set_aside`, `held`, `received` (about to be applied) or `applied`."""
        if self.set_aside_at:
            return "set_aside"
        if self.faults and not self.accepted_at:
            return "held"
        return "applied" if self.applied_at else "received"

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(fault["code"] for fault in self.faults)

    @property
    def is_acceptable(self) -> bool:
        """Whether a person may take it in as it is, saying why."""
        return self.standing == "held" and self.codes <= ACCEPTABLE

    @property
    def missing(self) -> Money | None:
        """Closing less opening less entries; None where a balance is not said."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return Money(self.closing_minor - self.opening_minor - self.came_minor - self.went_minor, self.currency)


class BankEntry(Entity):
    """One movement, or one of the transactions of a batch that the bank booked as one.

    amount: signed, plus is money in; entry_id, entry_minor: the bank's own id and amount of the whole booking, by which
    the same money in another statement is known again (`known_as`); because: why it went where it went, as a code with
    facts. receipt: what was posted, save for payments of ours, whose receipts carry `payment_id`; reopened: how often
    it was taken back by hand.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="entries", db_index=False)
    position = models.IntegerField()
    booked_on = models.DateField()
    value_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_reversal = models.BooleanField(default=False)
    return_reason = models.CharField(max_length=40, blank=True)
    entry_id = models.CharField(max_length=100, blank=True)
    entry_minor = models.BigIntegerField()
    bank_id = models.CharField(max_length=100, blank=True)
    end_to_end = models.CharField(max_length=100, blank=True)
    references = models.JSONField(default=list)
    text = models.TextField(blank=True)
    counterparty = models.CharField(max_length=200, blank=True)
    counterparty_account = models.CharField(max_length=60, blank=True)
    known_as = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    looked_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    because = models.JSONField(default=dict)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+", null=True)
    receipt = models.ForeignKey(CashReceipt, models.PROTECT, related_name="bank_entries", null=True)
    payment_id = models.UUIDField(null=True, db_index=True)
    note = models.TextField(blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(SupplierQuerySet)()

    class Meta:
        verbose_name_plural = "bank entries"
        constraints = (models.UniqueConstraint(fields=("statement", "position"), name="bank_entry_position"),)
        indexes = (
            models.Index(fields=("supplier", "-booked_on", "-id"), name="bank_entry_waiting",
                         condition=Q(outcome__in=WAITING)),
            models.Index(fields=("supplier", "entry_id"), name="bank_entry_bank_id", condition=~Q(entry_id="")),
            models.Index(fields=("supplier", "counterparty_account"), name="bank_entry_payer",
                         condition=~Q(counterparty_account="")),
            models.Index(fields=("supplier", "end_to_end"), name="bank_entry_end_to_end", condition=~Q(end_to_end="")),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} {self.counterparty or self.text[:40]}".strip()

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)

    @property
    def waits(self) -> bool:
        return self.outcome in WAITING

    @property
    def external_id(self) -> str:
        """By which the receipt of this entry is posted once; anew after it was taken back by hand."""
        return f"bank:{self.pk}:{self.reopened}"


class LeftOnAccount(Entity):
    """AR has decided that what is unapplied of a receipt stays on the customer's account for now."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    receipt = models.OneToOneField(CashReceipt, models.PROTECT, related_name="left_on_account")
    note = models.TextField(blank=True)
    left_by = models.UUIDField(null=True)
    left_at = models.DateTimeField()
    scope = Scope(supplier="supplier_id")

    def __str__(self) -> str:
        return str(self.receipt_id)


def plain_account(bank_account: str) -> str:
    """A bank account as it is compared: letters and digits alone, in capitals."""
    return "".join(character for character in bank_account.upper() if character.isascii() and character.isalnum())


def owner_of(stated: str, entities: list[LegalEntity]) -> tuple[LegalEntity | None, str]:
    """Whose verified bank account this is, and its currency; None unless exactly one fits.

    An account number without its bank (BAI2, MT940's `bank/account`) fits the IBAN that ends in it.
    """
    wanted = plain_account(stated)
    tail = plain_account(stated.rsplit("/", 1)[-1])
    found: dict[UUID, tuple[LegalEntity, str]] = {}
    for entity in entities:
        for account in entity.bank_accounts:
            known = plain_account(account.get("iban") or account.get("number") or "")
            same = known == wanted or (len(tail) >= 6 and tail.isdecimal() and known[:2].isalpha()
                                       and known[4:].endswith(tail))  # fmt: skip
            if known and wanted and same:
                found[entity.pk] = (entity, account.get("currency") or "")
    return next(iter(found.values())) if len(found) == 1 else (None, "")
