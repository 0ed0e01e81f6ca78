"""Authority limits: up to which amount a role credits, writes off, waives, refunds, agrees a plan or gives a discount,
by itself and as the second person of somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q

from eipp.accounts.models import Organisation
from eipp.accounts.roles import require, require_whole
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

KINDS = {
    "credit": "Credit", "write_off": "Write-off", "waiver": "Waiver of a finance charge", "refund": "Refund",
    "plan": "Payment plan", "discount": "Early-payment discount",
}  # fmt: skip
PROGRAM = "program"
HOLDERS = ("ar_clerk", "ar_manager", PROGRAM)
MANAGERS_OWN = 1_000  # whole units of the currency that an AR manager decides alone until somebody sets a limit


@dataclass(frozen=True, slots=True)
class Limits:
    """alone: what is done without asking; second: what is granted to somebody else. None is without limit."""

    alone: Money | None
    second: Money | None


class AuthorityLimit(Entity):
    """The limits of one role (or of programs) for one kind in one currency; an empty amount is without limit.

    Where there is no row, `default` holds: clerks nothing, managers 1,000 alone and any amount as the second person,
    programs any amount, since the ERP has asked its own people.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    currency = models.CharField(max_length=3)
    alone_minor = models.BigIntegerField(null=True)
    second_minor = models.BigIntegerField(null=True)
    scope = Scope(supplier="supplier_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("supplier", "role", "kind", "currency"), name="authority_limit_once"),
            models.CheckConstraint(
                name="authority_limit_not_negative",
                condition=(Q(alone_minor=None) | Q(alone_minor__gte=0))
                & (Q(second_minor=None) | Q(second_minor__gte=F("alone_minor"))),
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.kind} {self.currency}"

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id)

    @property
    def limits(self) -> Limits:
        return Limits(_money(self.alone_minor, self.currency), _money(self.second_minor, self.currency))


def default(role: str, currency: str) -> Limits:
    """What holds where nobody has set a limit."""
    none = Money.zero(currency)
    if role == PROGRAM:
        return Limits(None, None)
    if role == "ar_manager":
        return Limits(Money(MANAGERS_OWN * 10 ** decimals(currency), currency), None)
    return Limits(none, none)


def limits_of(actor: Actor, kind: str, currency: str, *, supplier_id: UUID) -> Limits:
    """The widest that the actor's roles give; one query. The platform itself has no limit."""
    if actor.side == "system":
        return Limits(None, None)
    roles = {PROGRAM} if actor.kind == "key" else set(actor.roles) & set(HOLDERS)
    rows = AuthorityLimit.objects.filter(supplier=supplier_id, role__in=roles, kind=kind, currency=currency)
    known = {row.role: row.limits for row in rows}
    found = [known.get(role) or default(role, currency) for role in roles]
    none = Money.zero(currency)
    return Limits(_widest([each.alone for each in found], none), _widest([each.second for each in found], none))


def reaches(limit: Money | None, amount: Money) -> bool:
    """Whether a limit, None for none, covers the amount."""
    return limit is None or amount <= limit


def all_limits(actor: Actor, currency: str) -> dict[tuple[str, str], Limits]:
    """By role and kind, what holds at the actor's supplier in this currency: one query."""
    rows = AuthorityLimit.objects.visible_to(actor).filter(currency=currency)
    known = {(row.role, row.kind): row.limits for row in rows}
    return {(role, kind): known.get((role, kind)) or default(role, currency) for role in HOLDERS for kind in KINDS}


@transaction.atomic
def set_limits(actor: Actor, currency: str, wanted: Mapping[tuple[str, str], Limits]) -> Sequence[AuthorityLimit]:
    """Set limits by role and kind; what stands so already is not touched. Event for each: `authority_limit.set`.

    Refusal: 403 without the right; 422 for an unknown role or kind, a negative limit, or one that is lower for a second
    person than alone.
    """
    require(actor, "authority.administer")
    require_whole(actor)
    assert actor.organisation_id
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    standing, changed = all_limits(actor, currency), []
    for (role, kind), limits in wanted.items():
        _check(role, kind, limits, currency)
        if standing[role, kind] == limits:
            continue
        amounts = {"alone_minor": _minor(limits.alone), "second_minor": _minor(limits.second)}
        row, _ = AuthorityLimit.objects.update_or_create(
            supplier_id=actor.organisation_id, role=role, kind=kind, currency=currency, defaults=amounts
        )
        told = {"role": role, "kind": kind, "currency": currency, "amount": limits.alone.text if limits.alone else None,
                "second": limits.second.text if limits.second else None}  # fmt: skip
        events.record("authority_limit.set", row, actor, data=told)
        changed.append(row)
    return changed


def _check(role: str, kind: str, limits: Limits, currency: str) -> None:
    field = f"{role}.{kind}"
    if role not in HOLDERS or kind not in KINDS:
        raise Refusal("unknown_limit", "There is no such limit.", status=422, field=field)
    for limit in (limits.alone, limits.second):
        if limit is not None and (limit.currency != currency or limit.minor < 0):
            raise Refusal("invalid_amount", f"A limit is an amount in {currency}, not below zero.", status=422,
                          field=field)  # fmt: skip
    if limits.second is not None and (limits.alone is None or limits.alone > limits.second):
        raise Refusal(
            "second_below_alone", "Who may do it alone up to an amount may grant that much to others as well.",
            status=422, field=field,
        )  # fmt: skip


def _widest(limits: Sequence[Money | None], none: Money) -> Money | None:
    widest = none
    for limit in limits:
        if limit is None:
            return None
        widest = max(widest, limit)
    return widest


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor
