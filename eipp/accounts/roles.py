"""Roles and rights: the one table of who may do what, and of what an API key's scopes open."""

from collections.abc import Iterable
from dataclasses import dataclass

from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal

_LOOK = "account.view invoice.view payment.view report.view"
_TALK = "thread.write document.upload"
_DISPUTE = "dispute.open dispute.answer dispute.withdraw dispute.escalate"
_CLERK = f"""{_LOOK} {_TALK} thread.internal dispute.work quarantine.work cash.apply address.administer authority.ask
credit.give write_off.make charge.waive refund.make plan.make promise.make offer.make"""
_PROGRAMS = "key.administer webhook.administer"
_BOOK = "booking.note"
_POST = f"invoice.post invoice.withdraw credit.post receipt.post {_BOOK}"


@dataclass(frozen=True, slots=True)
class Role:
    """A role of one side; title and description are what people read."""

    side: str
    title: str
    description: str
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class KeyScope:
    """What a program may do with a key of this scope, by the side of its organisation; no entry: not for that side."""

    title: str
    supplier: frozenset[str]
    buyer: frozenset[str]

    def rights_on(self, side: str) -> frozenset[str]:
        return self.supplier if side == "supplier" else self.buyer


def _rights(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


ROLES = {
    "viewer": Role("buyer", "Viewer", "Sees accounts, invoices and payments.", _rights(_LOOK)),
    "approver": Role(
        "buyer", "Approver", "Approves invoices and disputes what is wrong.",
        _rights(_LOOK, _TALK, _DISPUTE, "approval.decide"),
    ),
    "payer": Role(
        "buyer", "Payer", "Pays invoices and disputes what is wrong.",
        _rights(_LOOK, _TALK, _DISPUTE, "payment.make bank_details.keep "
                "plan.make promise.make offer.make method.keep remittance.send"),
    ),
    "buyer_administrator": Role(
        "buyer", "Administrator", "Invites colleagues, sets approval rules and connects programs.",
        _rights(_LOOK, _TALK, _PROGRAMS, "team.administer approval.administer address.administer method.keep "
                "bank_details.keep"),
    ),
    "ar_clerk": Role(
        "supplier", "AR clerk", "Works on disputes, mends invoices, applies cash, talks to customers.", _rights(_CLERK)
    ),
    "ar_manager": Role(
        "supplier", "AR manager", "Does what clerks do, posts credit and receipts, keeps customer accounts.",
        _rights(_CLERK, _POST, "bank_details.keep account.administer authority.decide charge.administer period.close"),
    ),
    "supplier_administrator": Role(
        "supplier", "Administrator", "Invites colleagues, keeps customer accounts and connects programs.",
        _rights(_LOOK, _PROGRAMS, "team.administer account.administer address.administer authority.administer "
                "issuer.choose",
                "price.administer bank_details.keep",
                "charge.administer gateway.administer period.close"),
    ),
}  # fmt: skip

SCOPES = {
    "invoices:read": KeyScope(
        "Read accounts, invoices and payments", supplier=_rights(_LOOK), buyer=_rights(_LOOK)
    ),
    "invoices:write": KeyScope(
        "Post and withdraw invoices and credit notes", buyer=_rights(),
        supplier=_rights("account.view invoice.view invoice.post invoice.withdraw credit.post credit.give "
                         "quarantine.work",
                         "write_off.make authority.ask", _BOOK),
    ),
    "accounts:write": KeyScope(
        "Open and change customer accounts", supplier=_rights("account.view account.administer issuer.choose"),
        buyer=_rights()
    ),
    "receipts:write": KeyScope(
        "Post cash receipts and close periods", buyer=_rights(),
        supplier=_rights("account.view payment.view receipt.post period.close", _BOOK),
    ),
    "charges:write": KeyScope(
        "Waive late fees", supplier=_rights("account.view invoice.view charge.waive authority.ask"), buyer=_rights()
    ),
    "refunds:write": KeyScope(
        "Refund payments", buyer=_rights(),
        supplier=_rights("account.view invoice.view payment.view refund.make authority.ask"),
    ),
    "bank-statements:write": KeyScope(
        "Load bank statements", supplier=_rights("account.view payment.view cash.apply"), buyer=_rights()
    ),
    "disputes:write": KeyScope(
        "Open, answer and work on disputes", supplier=_rights("invoice.view dispute.work authority.ask"),
        buyer=_rights("invoice.view", _DISPUTE),
    ),
    "approvals:write": KeyScope(
        "Approve and reject invoices", supplier=_rights(), buyer=_rights("invoice.view approval.decide")
    ),
    "payments:write": KeyScope(
        "Pay invoices", supplier=_rights(),
        buyer=_rights("account.view invoice.view payment.view payment.make plan.make promise.make method.keep"),
    ),
    "remittances:write": KeyScope(
        "Send remittance advices", supplier=_rights(),
        buyer=_rights("account.view invoice.view payment.view document.upload remittance.send"),
    ),
    "webhooks:write": KeyScope(
        "Keep webhooks, which tell all that happens", supplier=_rights("webhook.administer"),
        buyer=_rights("webhook.administer"),
    ),
    "offers:write": KeyScope(
        "Make and answer early-payment offers",
        supplier=_rights("account.view invoice.view payment.view offer.make authority.ask"),
        buyer=_rights("account.view invoice.view payment.view offer.make"),
    ),
    "threads:write": KeyScope(
        "Write messages and upload files", supplier=_rights("invoice.view thread.internal", _TALK),
        buyer=_rights("invoice.view", _TALK),
    ),
}  # fmt: skip

RIGHTS = frozenset().union(*(role.rights for role in ROLES.values()))


def rights_of_roles(roles: Iterable[str], *, side: str) -> frozenset[str]:
    """What the roles give together; a role of the other side gives nothing."""
    return frozenset().union(*(ROLES[name].rights for name in roles if name in ROLES and ROLES[name].side == side))


def rights_of_scopes(scopes: Iterable[str], *, side: str) -> frozenset[str]:
    """What the scopes open together for an organisation of this side."""
    return frozenset().union(*(SCOPES[name].rights_on(side) for name in scopes if name in SCOPES))


def roles_on(side: str) -> dict[str, Role]:
    return {name: role for name, role in ROLES.items() if role.side == side}


def scopes_on(side: str) -> dict[str, KeyScope]:
    return {name: scope for name, scope in SCOPES.items() if scope.rights_on(side)}


def check_roles(roles: Iterable[str], *, side: str) -> list[str]:
    """The roles, sorted and once each; Refusal (422) for none at all or one that the side does not have."""
    return _chosen(roles, roles_on(side), "roles", "role")


def check_scopes(scopes: Iterable[str], *, side: str) -> list[str]:
    """The scopes, sorted and once each; Refusal (422) for none at all or one that the side does not have."""
    return _chosen(scopes, scopes_on(side), "scopes", "scope")


def require(actor: Actor, right: str) -> None:
    """Refusal (403) unless the actor's roles give the right."""
    if not actor.may(right):
        raise Refusal("not_your_role", f"Your role does not include this ({right}).", status=403)


def require_whole(actor: Actor) -> None:
    """Refusal (403) for whoever works for some accounts only: what concerns the whole organisation is not theirs."""
    if actor.is_limited:
        sentence = "You work for some accounts only: an administrator for all of them does this."
        raise Refusal("not_for_all_accounts", sentence, status=403)


def _chosen(names: Iterable[str], table: dict[str, Role] | dict[str, KeyScope], field: str, word: str) -> list[str]:
    chosen = sorted(set(names))
    if not chosen:
        raise Refusal(f"no_{word}", f"Choose at least one {word}.", status=422, field=field)
    if wrong := [name for name in chosen if name not in table]:
        raise Refusal(f"unknown_{word}", f"There is no {word} {wrong[0]!r} here.", status=422, field=field)
    return chosen
