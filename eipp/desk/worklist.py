"""The worklist: what waits for the supplier's people as one queue; what keeps most money waiting longest is first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from documents.einvoice.explanation import explained
from documents.einvoice.parts import Figure
from eipp.accounts.models import Organisation
from eipp.desk import waiting
from eipp.desk.cash_words import OUTCOME_WORDS, because
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.web.pieces import Meaning
from eipp.web.situations import DISPUTE_WORDS, PAYMENT_WORDS
from messaging.thread import Message
from workflows.dispute import Dispute
from workflows.presentment import Presentment

MOST = 200  # of one kind; the largest and newest of them stand for the rest
_COUNTED: dict[str, Callable[[Actor], Any]] = {
    "mine": waiting.my_disputes, "disputes": waiting.disputes, "questions": waiting.questions,
    "quarantine": waiting.documents, "payments": waiting.payments, "addresses": waiting.addresses,
    "authority": waiting.authority, "entries": waiting.entries, "receipts": waiting.receipts,
    "statements": waiting.bank_statements,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits. kind, pk: what is opened; owner: who has taken it; message: the unanswered word."""

    kind: str
    pk: UUID
    who: str
    what: str
    amount: Money | None
    word: Any
    meaning: Meaning
    since: datetime
    owner: str = ""
    message: Message | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.pk}"

    def weight(self, now: datetime) -> int:
        """Money times days. Minor units compare well enough across currencies: a yen is about a cent."""
        return (self.amount.minor if self.amount else 0) * ((now - self.since).days + 1)


def counts(actor: Actor) -> dict[str, int]:
    """How many wait, by chip, and `all`: one query."""
    numbers = {name: waiting.how_many(rows(actor)) for name, rows in _COUNTED.items()}
    own: Any = Organisation.objects.visible_to(actor).order_by().values(**numbers).first() or {}
    found = {name: int(own.get(name) or 0) for name in _COUNTED}
    found["cash"] = sum(found[name] for name in _OF_CHIP["cash"])
    return found | {"all": sum(found[name] for name in _OF_CHIP[""])}


def tasks(actor: Actor, kind: str, *, now: datetime, waiting: Mapping[str, int]) -> list[Task]:
    """The queue of a chip ("" for all), at most `MOST` of each kind, the weightiest first: a query or three for each
    kind of which something waits (`counts`)."""
    found = [task for name in _OF_CHIP[kind] if waiting[name] for task in _FOUND[name](actor)]
    return sorted(found, key=lambda task: (-task.weight(now), task.since))


def stated_amount(document: Mapping[str, Any]) -> Money | None:
    """What a document that is not in the ledger says is to be paid; None where it says nothing that can be read."""
    value = Figure(document.get("payable") or "").value
    try:
        return Money.parse(f"{value:f}", document.get("currency") or "") if value is not None else None
    except Refusal:
        return None


def _disputes(actor: Actor) -> list[Task]:
    return _as_tasks(waiting.disputes(actor), actor)


def _mine(actor: Actor) -> list[Task]:
    return _as_tasks(waiting.my_disputes(actor), actor)


def _as_tasks(rows: Any, actor: Actor) -> list[Task]:
    found = rows.select_related("account", "invoice", "owner").order_by("-amount_minor", "pk")[:MOST]
    return [
        Task(
            "dispute", row.pk, row.account.name, _matter(row), row.amount, *DISPUTE_WORDS[row.state], row.state_since,
            owner=(_("you") if row.owner_id == actor.person_id else str(row.owner)) if row.owner_id else "",
        )
        for row in found
    ]  # fmt: skip


def _matter(row: Dispute) -> str:
    said = (row.get_reason_display(), row.invoice.number if row.invoice else row.number, row.comment)
    return " · ".join(part for part in said if part)


def _questions(actor: Actor) -> list[Task]:
    messages = list(waiting.questions(actor).select_related("thread").order_by("-said_at")[:MOST])
    invoices = Invoice.objects.visible_to(actor).select_related("account")
    matters = invoices.in_bulk([each.thread.object_id for each in messages if each.thread.kind == "invoice"])
    disputes = Dispute.objects.visible_to(actor).select_related("account")
    matters |= disputes.in_bulk([each.thread.object_id for each in messages if each.thread.kind == "dispute"])
    return [
        Task(
            message.thread.kind, row.pk, row.account.name, f"{row.number} · {message.body}",
            _at_stake(row), _("Message"), "waiting", message.said_at,
            message=message,
        )
        for message in messages if (row := matters.get(message.thread.object_id))
    ]  # fmt: skip


def _at_stake(row: Invoice | Dispute) -> Money | None:
    return row.amount if isinstance(row, Dispute) else row.open or None


def _documents(actor: Actor) -> list[Task]:
    rows = waiting.documents(actor).select_related("account").order_by("-received_at")[:MOST]
    return [
        Task(
            "document", row.pk, customer_of(row), f"{row} · {_reasons(row)}", stated_amount(row.document),
            _("Held back"), "bad", row.received_at,
        )
        for row in rows
    ]  # fmt: skip


def customer_of(row: Presentment) -> str:
    """For whom a document is: the customer account, or whom it names itself."""
    if row.account:
        return row.account.name
    buyer = row.document.get("buyer") or {}
    return buyer.get("name") or buyer.get("trading_name") or _("Unknown customer")


def _reasons(row: Presentment) -> str:
    return " ".join(dict.fromkeys(explained(fault["rule"]) for fault in row.faults))[:200]


def _payments(actor: Actor) -> list[Task]:
    rows = waiting.payments(actor).select_related("buyer").order_by("-amount_minor", "pk")[:MOST]
    return [
        Task(
            "payment", row.pk, row.buyer.name, " · ".join(filter(None, (row.number, row.failure_sentence))), row.amount,
            *PAYMENT_WORDS[row.state], row.state_since,
        )
        for row in rows
    ]  # fmt: skip


def _addresses(actor: Actor) -> list[Task]:
    rows = waiting.addresses(actor).select_related("account").order_by("-bounced_at")[:MOST]
    return [
        Task(
            "address", row.pk, row.account.name, f"{row.email} · {row.bounce_reason}", None, _("Mails come back"),
            "bad", row.bounced_at or row.added_at,
        )
        for row in rows
    ]  # fmt: skip


def _authority(actor: Actor) -> list[Task]:
    rows = waiting.authority(actor).select_related("account").order_by("-amount_minor", "pk")[:MOST]
    return [
        Task(
            "authority", row.pk, row.account.name if row.account else "",
            " · ".join(filter(None, (row.get_kind_display(), row.about_number, row.reason))), row.amount,
            _("Second person"), "waiting", row.asked_at,
        )
        for row in rows
    ]  # fmt: skip


def _entries(actor: Actor) -> list[Task]:
    rows = waiting.entries(actor).select_related("statement").order_by("-amount_minor", "pk")[:MOST]
    return [
        Task(
            "entry", row.pk, row.counterparty or _("Unknown payer"), " · ".join(filter(None, (row.text, because(row)))),
            row.amount, *OUTCOME_WORDS[row.outcome], row.statement.received_at,
        )
        for row in rows
    ]  # fmt: skip


def _receipts(actor: Actor) -> list[Task]:
    rows = waiting.receipts(actor).select_related("account").order_by("-unapplied_minor", "pk")[:MOST]
    return [
        Task(
            "receipt", row.pk, row.account.name, row.reference, row.unapplied, _("Not applied"), "waiting",
            row.posted_at,
        )
        for row in rows
    ]  # fmt: skip


def _statements(actor: Actor) -> list[Task]:
    rows = waiting.bank_statements(actor).order_by("-received_at")[:MOST]
    return [
        Task(
            "statement", row.pk, _("Bank statement %(number)s") % {"number": row}, row.faults[0]["message"],
            row.came if row.currency and row.entry_count else None, _("Held back"), "bad", row.received_at,
        )
        for row in rows
    ]  # fmt: skip


_FOUND: dict[str, Callable[[Actor], Sequence[Task]]] = {
    "disputes": _disputes, "mine": _mine, "questions": _questions, "quarantine": _documents, "payments": _payments,
    "addresses": _addresses, "authority": _authority, "entries": _entries, "receipts": _receipts,
    "statements": _statements,
}  # fmt: skip
_OF_CHIP: dict[str, tuple[str, ...]] = {
    "": ("disputes", "authority", "questions", "quarantine", "payments", "addresses", "entries", "receipts",
         "statements"),
    "mine": ("mine",), "disputes": ("disputes",), "cash": ("entries", "receipts", "statements"),
    "questions": ("questions",), "quarantine": ("quarantine",), "payments": ("payments",),
    "addresses": ("addresses",), "authority": ("authority",),
}  # fmt: skip
