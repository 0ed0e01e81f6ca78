"""Sentences: every event in words, from the reader's side. One table; the words for who and how much are filled in.

A part in [brackets] is left out when a word in it is missing. `{actor}` is "You" for oneself, a name for a colleague, a
name with its company for the other side; `{supplier}` and `{buyer}` are the companies.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from documents.written import day_text
from eipp.accounts.models import ApiKey, Organisation
from eipp.accounts.person import names_of
from eipp.gateways import failures
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from messaging.sentence import Sentence
from messaging.sentences_after_payment import AFTER_PAYMENT
from messaging.sentences_gateways import GATEWAYS
from messaging.sentences_of_people import OF_COMPANIES_AND_PEOPLE
from messaging.sentences_offers import OFFERS
from messaging.sentences_paying import PAYING
from messaging.sentences_to_come import TO_COME
from workflows.dispute import REASONS

#: What is done within a limit, by its kind, as it stands in a sentence.
AUTHORITY = {"credit": "a credit", "write_off": "a write-off", "waiver": "the waiver of a finance charge",
             "refund": "a refund", "plan": "a payment plan", "discount": "an early-payment discount"}  # fmt: skip


SENTENCES: dict[str, str | Sentence] = {
    "invoice.received": "{actor} sent a document[ ({number})].",
    "invoice.quarantined": "Document[ {number}] was held back: it has faults to be mended.",
    "invoice.released": Sentence(
        "Invoice {number}[ over {amount}] from {supplier} arrived.",
        "{actor} released document {number}[ over {amount}].",
    ),
    "invoice.presented": Sentence(
        "{document} {number}[ over {amount}] from {supplier} arrived.",
        "{document} {number}[ over {amount}] was presented[ to {buyer}].",
    ),
    "invoice.viewed": "{actor} opened invoice {number} for the first time.",
    "invoice.closed": "Invoice {number} is closed: nothing is open on it.",
    "invoice.reopened": "Invoice {number} is open again.",
    "invoice.tried_again": Sentence(
        "Invoice {number} is sent to you once more.", "Invoice {number} is sent once more[ to {buyer}]."
    ),
    "invoice.correction_asked": "{actor} asked {email} for a corrected file[ of document {number}].",
    "delivery.bounced": "The mail with invoice {number} to {email} came back[: {reason}].",
    "delivery.opened": "Invoice {number} was opened by the link that was mailed to {email}.",
    "delivery.repeated": "{actor} mailed invoice {number} to {email}.",
    "delivery.revoked": "{actor} revoked the link to invoice {number} that was mailed to {email}.",
    "delivery.renewed": "A fresh link to invoice {number} was mailed to {email}.",
    "invoice.bounced": Sentence(
        "Invoice {number} could not be delivered to you.", "Invoice {number} reached nobody[ at {buyer}]."
    ),
    "invoice.withdrawn": "{actor} withdrew invoice {number}[: {reason}].",
    "invoice.written_off": Sentence(
        "{supplier} does not ask for {amount} of invoice {number} any more.",
        "{actor} wrote off {amount} of invoice {number}[: {reason}].",
    ),
    "invoice.write_off_reversed": Sentence(
        "{supplier} asks for {amount} of invoice {number} again.",
        "{actor} took back the write-off of {amount} of invoice {number}[: {reason}].",
    ),
    "invoice.superseded": "{document} {number} was replaced by a newer version.",
    "credit_note.posted": Sentence(
        "{supplier} credited {amount}[ on invoice {invoice}] (credit note {number}).",
        "Credit note {number} over {amount} was posted[ for invoice {invoice}].",
    ),
    "finance_charge.posted": Sentence(
        "{supplier} charged a late fee of {amount} on invoice {invoice} ({number}).",
        "A late fee of {amount} was charged on invoice {invoice} ({number}).",
    ),
    "finance_charge.waived": Sentence(
        "{supplier} waived {amount} of the late fee {number} on invoice {invoice}[: {reason}].",
        "{actor} waived {amount} of the late fee {number} on invoice {invoice}[: {reason}].",
    ),
    "finance_charge_rule.set": "{actor} set a rule for late fees from {day} on[: {rule}].",
    "credit_request.opened": Sentence(
        "Credit of {amount}[ on invoice {invoice}] is on its way from {supplier}.",
        "The ERP is asked to credit {amount}[ on invoice {invoice}] ({number}).",
    ),
    "credit_request.closed": Sentence(
        "The credit of {amount}[ on invoice {invoice}] has arrived[ (credit note {credit_note})].",
        "The ERP issued credit note {credit_note} for request {number} over {amount}.",
    ),
    "credit_request.cancelled": Sentence(
        "The credit of {amount}[ on invoice {invoice}] does not come[: {reason}].",
        "{actor} cancelled credit request {number} over {amount}[: {reason}].",
    ),
    "cash_receipt.posted": Sentence("{supplier} received {amount} from you.", "{amount} were received[ from {buyer}]."),
    "booking.made": "{actor} booked it[ under {number}].",
    "booking.refused": "{actor} could not book it[: {reason}].",
    "cash_receipt.kept_for": Sentence(
        "{supplier} keeps {amount} for your order {order}.", "{actor} keeps {amount} for order {order}."
    ),
    "cash_receipt.freed": Sentence(
        "{amount} that were kept for order {order} are free on your account.",
        "{actor} freed {amount} that were kept for order {order}.",
    ),
    "cash_receipt.left": "{actor} left {amount} on the account[: {reason}].",
    "bank_statement.received": "{actor} loaded bank statement {number}[; {amount} came in].",
    "bank_statement.held": "Bank statement {number} is held back[: {reason}].",
    "bank_statement.accepted": "{actor} took in bank statement {number} as it is[: {reason}].",
    "bank_statement.set_aside": "{actor} set bank statement {number} aside[: {reason}].",
    "bank_statement.applied": "Bank statement {number} is applied.",
    "bank_entry.assigned": "{actor} said whose {amount} from the bank are.",
    "bank_entry.noted": "{actor} noted that {amount} from the bank are no customer’s payment[: {reason}].",
    "bank_entry.reopened": "{actor} took up an entry over {amount} from the bank again[: {reason}].",
    "bank_entry.taken_back": "{actor} took a receipt over {amount} back, since the bank did[: {reason}].",
    "cash_receipt.reversed": "The receipt of {amount} was taken back[: {reason}].",
    "payee.added": "{actor} entered the account of {name}, who is to be paid for some invoices.",
    "payee.verified": "{actor} verified the account of {name}, who is to be paid for some invoices.",
    "payee.ended": "{actor} removed the account of {name}, who was to be paid for some invoices.",
    "period.closed": "{actor} closed the books up to {day}.",
    "discount_rule.set": "{actor} set how early-payment discounts are earned.",
    "discount.granted": "{amount} of invoice {number} were granted as early-payment discount.",
    "discount.reversed": "The early-payment discount of {amount} on invoice {number} was taken back.",
    "application.made": "{amount} were applied to invoice {invoice}.",
    "application.reversed": "{amount} are no longer applied to invoice {invoice}.",
    "approval_rule.set": "{actor} set an approval rule from {amount} on.",
    "approval_rule.changed": "{actor} changed the approval rule from {amount} on.",
    "approval_rule.removed": "{actor} removed the approval rule from {amount} on.",
    "approval.requested": Sentence(
        "Invoice {number} waits for approval.", "Invoice {number} waits for approval[ at {buyer}]."
    ),
    "approval.step_approved": "{actor} approved invoice {number}; more people have to follow.",
    "approval.approved": "{actor} approved invoice {number}[ for {amount}].",
    "approval.rejected": "{actor} rejected invoice {number}[: {reason}].",
    "approval.resubmitted": "{actor} asked again for the approval of invoice {number}.",
    "approval.lapsed": "The approval of invoice {number} lapsed and is asked for anew.",
    "dispute.opened": "{actor} disputed {amount}[ of invoice {invoice}][ ({reason})].",
    "dispute.taken": "{actor} took dispute {number} to look into it.",
    "dispute.asked": "{actor} asked a question about dispute {number}.",
    "dispute.answered": "{actor} answered the question about dispute {number}.",
    "dispute.proposed": "{actor} offered {amount} to settle dispute {number}.",
    "dispute.accepted": (
        "{actor} accepted {amount} of dispute {number}[ and posted credit note {credit_note}]"
        "[; the credit is on its way ({credit_request})]."
    ),
    "dispute.agreed": (
        "{actor} agreed to {amount} for dispute {number}[, credited by {credit_note}]"
        "[; the credit is on its way ({credit_request})]."
    ),
    "dispute.reopened": "Dispute {number} is taken up again, since its credit does not come.",
    "dispute.declined": "{actor} declined dispute {number}.",
    "dispute.escalated": "{actor} escalated dispute {number}.",
    "dispute.withdrawn": "{actor} withdrew dispute {number}.",
    "payment.submitted": "{actor} entered payment {number} over {amount}.",
    "payment.pending": "Payment {number} over {amount} is on its way.",
    "payment.settled": Sentence(
        "Payment {number} over {amount} arrived at {supplier}.",
        "Payment {number} over {amount} arrived[ from {buyer}].",
    ),
    "payment.failed": "Payment {number} over {amount} failed; nothing was charged.",
    "payment.cancelled": "Payment {number} over {amount} was cancelled; nothing was charged.",
    "payment.expired": Sentence(
        "No transfer came for payment {number} over {amount}; its invoices can be paid again.",
        "No transfer came[ from {buyer}] for payment {number} over {amount}; its invoices are open again.",
    ),
    "payment.unknown": "The outcome of payment {number} over {amount} is not known yet; we keep asking.",
    "dispute_rule.set": "{actor} set what waits while an amount is disputed for this reason: {reason}.",
    "method_price.set": "{actor} set what paying in one way costs on top: {percent} %.",
    "payment.returned": Sentence(
        "Your bank sent payment {number} over {amount} back[ ({failure})]; its invoices are open again.[ {advice}]",
        "The bank sent payment {number} over {amount}[ from {buyer}] back[ ({failure})]; its invoices are open again.",
    ),
    "authority.asked": "{actor} asked for a second person: {deed} of {amount}[ on {number}][ ({reason})].",
    "authority.granted": "{actor} granted {deed} of {amount}[ on {number}].",
    "authority.declined": "{actor} declined {deed} of {amount}[ on {number}][: {reason}].",
    "authority.withdrawn": "{actor} took back what they had asked for: {deed} of {amount}[ on {number}].",
    "authority_limit.set": "{actor} set up to which amount {deed} is done alone[: {amount}].",
    "claim.filed": "{actor} filed claim {number}[ over {amount}].",
    "remittance.sent": "{actor} sent remittance advice {number}; it is being read.",
    "remittance.read": Sentence(
        "{supplier} sees your remittance advice {number}[ over {amount}].",
        "Remittance advice {number}[ over {amount}] arrived[ from {buyer}].",
    ),
    "remittance.unread": Sentence(
        "Your remittance advice {number} could not be read; its page says why.",
        "Remittance advice {number}[ from {buyer}] could not be read by itself; its file is there.",
    ),
    "message.posted": "{actor} wrote a message.",
    "file.infected": "The file “{number}” was refused: the virus scanner found {reason} in it.",
    **OF_COMPANIES_AND_PEOPLE,
    **AFTER_PAYMENT,
    **PAYING,
    **TO_COME,
    **OFFERS,
    **GATEWAYS,
}
_PART = re.compile(r"\[([^\]]*)\]")
_WORD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a list of events needs, looked up together."""

    people: Mapping[UUID | None, str]
    organisations: Mapping[UUID | None, str]
    keys: Mapping[UUID | None, str]


def render(events: Sequence[Event], viewer: Actor) -> list[str]:
    """Each event's sentence for this reader, in the order given: three queries for any number of events."""
    names = _names(events)
    return [_filled(SENTENCES[event.name], _words(event, viewer, names), viewer) for event in events]


def _filled(sentence: str | Sentence, words: dict[str, str], viewer: Actor) -> str:
    if isinstance(sentence, Sentence):
        sentence = sentence.buyer if viewer.side == "buyer" else sentence.supplier
    whole = _PART.sub(lambda part: part[1] if all(words.get(word) for word in _WORD.findall(part[1])) else "", sentence)
    filled = _WORD.sub(lambda word: words.get(word[1]) or "…", whole)
    return filled[:1].upper() + filled[1:]


def _words(event: Event, viewer: Actor, names: Names) -> dict[str, str]:
    data = event.data
    copied = ("number", "invoice", "credit_note", "credit_request", "name", "order", "email", "host", "means", "payee",
              "autopay", "percent")  # fmt: skip
    words = {word: str(data.get(word) or "") for word in copied}
    words["reason"] = REASONS.get(str(data.get("reason")), str(data.get("reason") or "")).rstrip(".")
    words["failure"] = failures.said(str(data.get("failure") or data.get("reason") or "")).rstrip(".")
    words["fault"] = failures.in_words(str(data.get("failure") or ""))
    words["advice"] = failures.advice(str(data.get("failure") or ""))
    words["reason"] = words["failure"] if data.get("reason") in failures.RETURNS else words["reason"]
    words["amount"] = _amount(data)
    words["came"] = _amount(data | {"amount": data.get("came")})
    words["won"] = _amount(data | {"amount": data.get("won")})
    words["day"] = _day(data.get("day") or data.get("planned_for"))
    words["because"] = failures.in_words(str(data.get("because") or ""))
    words |= {word: str(data.get(word) or "") for word in ("payment", "rate", "limit", "kind", "currency")}
    words["deed"] = AUTHORITY.get(str(data.get("kind")), "it")
    words["document"] = "Credit note" if data.get("credit_note") is True else "Invoice"
    words["actor"] = _who(event, viewer, names)
    words["supplier"] = names.organisations.get(event.supplier_id, "the supplier")
    words["buyer"] = names.organisations.get(event.buyer_id, "")
    words["organisation"] = names.organisations.get(event.subject_id, "The organisation")
    words["person"] = names.people.get(_person_id(event), "somebody")
    return words


def _day(written: Any) -> str:
    return day_text(date.fromisoformat(written)) if written else ""


def _who(event: Event, viewer: Actor, names: Names) -> str:
    company = names.organisations.get(event.actor_organisation_id, "")
    own = event.actor_organisation_id in (None, viewer.organisation_id)
    if event.actor_kind == "person":
        if event.actor_id and event.actor_id == viewer.person_id:
            return "you"
        name = names.people.get(event.actor_id, "somebody")
        return name if own else f"{name} ({company})"
    if event.actor_kind == "key":
        return f"your program “{names.keys.get(event.actor_id, '')}”" if own else f"{company}’s system"
    return "the platform"


def _amount(data: dict[str, Any]) -> str:
    if not data.get("amount") or not data.get("currency"):
        return ""
    try:
        return str(Money.parse(data["amount"], data["currency"]))
    except Refusal:
        return f"{data['amount']} {data['currency']}"


def _names(events: Sequence[Event]) -> Names:
    actors = [event.actor_id for event in events if event.actor_kind == "person"]
    companies = {
        each
        for event in events
        for each in (event.supplier_id, event.buyer_id, event.actor_organisation_id, event.subject_id)
        if each
    }
    keys = {event.actor_id for event in events if event.actor_kind == "key" and event.actor_id}
    return Names(
        people=dict(names_of([*actors, *map(_person_id, events)]).items()),
        organisations={row.pk: row.name for row in Organisation.objects.filter(pk__in=companies).only("name")},
        keys={row.pk: row.name for row in ApiKey.objects.filter(pk__in=keys).only("name")},
    )


def _person_id(event: Event) -> UUID | None:
    """Whom the event is about, when it is about a person."""
    if event.subject_kind == "person":
        return event.subject_id
    written = event.data.get("person_id")
    return UUID(written) if written else None
