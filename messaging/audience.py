"""Audience: who hears of an event, as one table: event name -> the right that concerns it, by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eipp.accounts.customer_account import DEEPEST
from eipp.accounts.models import CustomerAccount, Membership
from eipp.accounts.roles import rights_of_roles
from eipp.kernel.events import Event

_BUYER_DISPUTES = {"buyer": "dispute.open"}
_SUPPLIER_DISPUTES = {"supplier": "dispute.work"}
_BOTH_PAY = {"buyer": "payment.make", "supplier": "dispute.work"}
_OFFERS = {"buyer": "offer.make", "supplier": "offer.make"}

AUDIENCE: dict[str, dict[str, str]] = {
    "invoice.quarantined": {"supplier": "quarantine.work"},
    "bank_statement.held": {"supplier": "cash.apply"},
    "invoice.bounced": {"supplier": "quarantine.work"},
    "delivery.bounced": {"supplier": "address.administer"},
    "invoice.presented": {"buyer": "invoice.view"},
    "invoice.withdrawn": {"buyer": "invoice.view"},
    "invoice.superseded": {"buyer": "invoice.view"},
    "credit_note.posted": {"buyer": "invoice.view"},
    "finance_charge.posted": {"buyer": "invoice.view"},
    "finance_charge.waived": {"buyer": "invoice.view"},
    "credit_request.opened": {"buyer": "invoice.view"},
    "credit_request.cancelled": {"buyer": "invoice.view", "supplier": "dispute.work"},
    "dispute.reopened": _SUPPLIER_DISPUTES,
    "approval_rule.set": {"buyer": "approval.decide"},
    "approval_rule.changed": {"buyer": "approval.decide"},
    "approval_rule.removed": {"buyer": "approval.decide"},
    "approval.requested": {"buyer": "approval.decide"},
    "approval.resubmitted": {"buyer": "approval.decide"},
    "approval.lapsed": {"buyer": "approval.decide"},
    "approval.approved": {"buyer": "payment.make"},
    "approval.rejected": {"buyer": "payment.make"},
    "dispute.opened": _SUPPLIER_DISPUTES,
    "dispute.answered": _SUPPLIER_DISPUTES,
    "dispute.agreed": _SUPPLIER_DISPUTES,
    "dispute.escalated": _SUPPLIER_DISPUTES,
    "dispute.withdrawn": _SUPPLIER_DISPUTES,
    "dispute.taken": _BUYER_DISPUTES,
    "dispute.asked": _BUYER_DISPUTES,
    "dispute.proposed": _BUYER_DISPUTES,
    "dispute.accepted": _BUYER_DISPUTES,
    "dispute.declined": _BUYER_DISPUTES,
    "authority.asked": {"supplier": "authority.decide"},
    "authority.granted": {"supplier": "authority.ask"},
    "authority.declined": {"supplier": "authority.ask"},
    "payment.planned_by_autopay": {"buyer": "payment.make"},
    "autopay.set_up": _BOTH_PAY,
    "autopay.stopped": _BOTH_PAY,
    "autopay.ended": {"supplier": "dispute.work"},
    "payment.lowered": _BOTH_PAY,
    "payment.unplanned": _BOTH_PAY,
    "promise.made": _BOTH_PAY,
    "promise.part_kept": _BOTH_PAY,
    "promise.broken": _BOTH_PAY,
    "promise.withdrawn": _BOTH_PAY,
    "announced_payment.made": {"supplier": "dispute.work"},
    "announced_payment.expired": _BOTH_PAY,
    "announced_payment.withdrawn": {"supplier": "dispute.work"},
    "payment.settled": _BOTH_PAY,
    "payment.failed": {"buyer": "payment.make"},
    "payment.expired": _BOTH_PAY,
    "payment.returned": _BOTH_PAY,
    "payment.charged_back": _BOTH_PAY,
    "bank_details.proposed": {"buyer": "bank_details.keep", "supplier": "bank_details.keep"},
    "bank_details.confirmed": {"buyer": "bank_details.keep", "supplier": "bank_details.keep"},
    "bank_details.in_force": {"buyer": "bank_details.keep", "supplier": "bank_details.keep"},
    "bank_details.refused": {"buyer": "bank_details.keep", "supplier": "bank_details.keep"},
    "saved_method.saved": {"buyer": "method.keep"},
    "saved_method.verifying": {"buyer": "method.keep"},
    "saved_method.stopped": {"buyer": "payment.make"},
    "saved_method.expiring": {"buyer": "method.keep"},
    "saved_method.expired": {"buyer": "method.keep"},
    "saved_method.removed": {"buyer": "method.keep"},
    "payment.won_back": _BOTH_PAY,
    "chargeback.opened": {"supplier": "dispute.work"},
    "chargeback.answered": {"buyer": "payment.make"},
    "chargeback.lost": _BOTH_PAY,
    "return_rate.passed": {"supplier": "authority.decide"},
    "verification.differed": {"supplier": "authority.administer"},
    "plan.proposed": _BOTH_PAY,
    "plan.agreed": _BOTH_PAY,
    "plan.declined": _BOTH_PAY,
    "plan.withdrawn": _BOTH_PAY,
    "plan.change_proposed": _BOTH_PAY,
    "plan.changed": _BOTH_PAY,
    "plan.change_dropped": _BOTH_PAY,
    "plan.kept": _BOTH_PAY,
    "plan.broken": _BOTH_PAY,
    "plan.not_charged": _BOTH_PAY,
    "offer.proposed": _OFFERS,
    "offer.countered": _OFFERS,
    "offer.approval_asked": {"buyer": "approval.decide", "supplier": "offer.make"},
    "offer.approved": _OFFERS,
    "offer.accepted": _OFFERS,
    "offer.rejected": _OFFERS,
    "offer.declined": _OFFERS,
    "offer.withdrawn": _OFFERS,
    "offer.expired": _OFFERS,
    "offer.earned": _OFFERS,
    "offer.missed": _OFFERS,
    "offer.reopened": _OFFERS,
    "deduction.taken": _BUYER_DISPUTES,
    "dispute.written_off": _BUYER_DISPUTES,
    "refund.submitted": _BOTH_PAY,
    "refund.succeeded": _BOTH_PAY,
    "refund.failed": _BOTH_PAY,
    "refund.came_back": _BOTH_PAY,
    "refund.cancelled": _BOTH_PAY,
    "remittance.read": {"supplier": "dispute.work"},
    "remittance.unread": {"buyer": "remittance.send", "supplier": "dispute.work"},
    "message.posted": {"buyer": "thread.write", "supplier": "thread.write"},
    "file.infected": {"buyer": "document.upload", "supplier": "document.upload"},
    "invitation.accepted": {"buyer": "team.administer", "supplier": "team.administer"},
    "customer_account.connected": {"supplier": "account.administer"},
    "customer_account.portal_opened": {"buyer": "team.administer"},
    "api_key.created": {"buyer": "key.administer", "supplier": "key.administer"},
    "api_key.rotated": {"buyer": "key.administer", "supplier": "key.administer"},
    "webhook.added": {"buyer": "webhook.administer", "supplier": "webhook.administer"},
    "webhook.given_up": {"buyer": "webhook.administer", "supplier": "webhook.administer"},
    "organisation.second_factor_required": {"buyer": "account.view", "supplier": "account.view"},
}


@dataclass(frozen=True, slots=True)
class Member:
    """A person in one organisation; accounts: those the person is limited to, None for all; since: when they joined."""

    person_id: UUID
    organisation_id: UUID
    rights: frozenset[str]
    accounts: frozenset[UUID] | None
    since: datetime


def hearers(events: Sequence[Event]) -> list[tuple[Event, Member]]:
    """Who should hear of which event, never its own actor: three queries for any number of events."""
    told = [event for event in events if event.name in AUDIENCE]
    members = _members({side_id for event in told for side_id in _organisations(event).values() if side_id})
    above, closed = _families({event.account_id for event in told if event.account_id})
    return [
        (event, member)
        for event in told
        for side, organisation_id in _organisations(event).items()
        if side == "supplier" or event.account_id not in closed
        for member in members.get(organisation_id, ())
        if _concerns(event, side, member, above)
    ]


def _organisations(event: Event) -> dict[str, UUID | None]:
    return {"supplier": event.supplier_id, "buyer": None if event.internal else event.buyer_id}


def _concerns(event: Event, side: str, member: Member, above: dict[UUID | None, set[UUID]]) -> bool:
    right = AUDIENCE[event.name].get(side)
    if right not in member.rights or member.person_id == event.actor_id:
        return False
    if (only := event.data.get("only")) and str(member.person_id) != only:  # whom alone it concerns
        return False
    if event.name == "message.posted" and event.actor_side == side and not event.internal:
        return False
    return member.accounts is None or bool(above.get(event.account_id, set()) & member.accounts)


def _members(organisations: set[UUID]) -> dict[UUID | None, list[Member]]:
    rows = Membership.objects.filter(organisation__in=organisations, ended_at=None, person__is_active=True)
    rows = rows.select_related("organisation")
    limits = _limits(row.pk for row in rows if not row.all_accounts)
    found: dict[UUID | None, list[Member]] = {}
    for row in rows:
        accounts = None if row.all_accounts else frozenset(limits.get(row.pk, ()))
        rights = rights_of_roles(row.roles, side=row.organisation.side)
        found.setdefault(row.organisation_id, []).append(
            Member(row.person_id, row.organisation_id, rights, accounts, row.started_at)
        )
    return found


def _limits(memberships: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    listed = Membership.accounts.through.objects.filter(membership__in=list(memberships))
    found: dict[UUID, set[UUID]] = {}
    for membership_id, account_id in listed.values_list("membership_id", "customeraccount_id"):
        found.setdefault(membership_id, set()).add(account_id)
    return found


def _families(accounts: set[UUID]) -> tuple[dict[UUID | None, set[UUID]], set[UUID]]:
    """Each account's id -> its own and those of the accounts above it, through which it is seen as well; and those of
    the accounts whose portal is switched off, of which the buyer hears nothing."""
    levels = ["pk", *(f"{'parent__' * level}parent_id" for level in range(DEEPEST - 1))]
    rows = list(CustomerAccount.objects.filter(pk__in=accounts).values_list("portal_enabled", *levels))
    above = {row[1]: {account for account in row[1:] if account} for row in rows}
    return above, {row[1] for row in rows if not row[0]}
