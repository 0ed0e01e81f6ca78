"""Authority: AR does alone what its role's limit covers; above it a second person, never the asker, has it done.

Whoever does something that has a limit begins with `require`; what waits is carried out by `authorised`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, Organisation
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from workflows.authority_limit import KINDS, limits_of, reaches
from workflows.machine import Machine, transition


def another_person(request: "AuthorityRequest", actor: Actor) -> Refusal | None:
    if actor.person_id is None or actor.id == request.asked_by:
        return Refusal("second_person_needed", "Somebody else decides this: two people are needed, no program.")
    return None


def within_their_limit(request: "AuthorityRequest", actor: Actor) -> Refusal | None:
    limits = limits_of(actor, request.kind, request.currency, supplier_id=request.supplier_id)
    if not reaches(limits.second, request.amount):
        return Refusal("above_your_limit", f"You may grant up to {limits.second}: somebody with a higher limit decides "
                                           f"about {request.amount}.")  # fmt: skip
    return None


def the_asker(request: "AuthorityRequest", actor: Actor) -> Refusal | None:
    if actor.side != "system" and actor.id != request.asked_by:
        return Refusal("not_the_asker", "Who asked for it takes it back; you can decline it.")
    return None


class AuthorityRequest(Machine):
    """What somebody wants done above their limit. kind: whose limit counts; deed: what is carried out, a key of
    `authorised.DEEDS`; payload: its ids and primitives; about_kind (`workflows.dispute`), about_id: the row that it is
    about; about_number: what people call that."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    deed = models.CharField(max_length=40)
    about_kind = models.CharField(max_length=60)
    about_id = models.UUIDField()
    about_number = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    reason = models.CharField(max_length=1000, blank=True)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(supplier="supplier_id", account="account_id")

    class Meta:
        verbose_name = "request"
        constraints = (
            models.UniqueConstraint(
                fields=["deed", "about_kind", "about_id"], condition=Q(state="waiting"), name="authority_asked_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="authority_amount_positive"),
        )
        indexes = (models.Index(fields=["supplier", "state", "-asked_at"], name="authority_worklist"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} {self.about_number}".strip()

    def event_scope(self) -> EventScope:
        """Who asks whom is the supplier's own affair."""
        return EventScope(self.supplier_id, None, self.account_id)

    def concerns(self) -> Sequence[models.Model]:
        """What it is about, and the invoice that this is about in its turn."""
        row = self.about
        return [each for each in (row, getattr(row, "invoice", None)) if each is not None]

    def account_ids(self) -> Iterable[UUID]:
        """Those that carrying it out locks, so that all are locked in one order before anything else."""
        return _accounts_of(self.about)

    @property
    def about(self) -> Any:
        """The row it is about, as it is now."""
        return apps.get_model(self.about_kind)._base_manager.get(pk=self.about_id)

    @transition(
        "waiting", "granted", by="authority.decide", event="authority.granted", label="Grant", likely=True,
        when=[another_person, within_their_limit],
    )  # fmt: skip
    def grant(
        self, actor: Actor, *, now: datetime, carry_out: Callable[[Actor, "AuthorityRequest", datetime], None]
    ) -> dict[str, Any]:
        """Somebody else agrees, and it is done in this transaction, or nothing is. carry_out: `authorised` gives it."""
        self.decided_by, self.decided_at = actor.id, now
        carry_out(actor, self, now)
        return self._told()

    @transition(
        "waiting", "declined", by="authority.decide", event="authority.declined", label="Decline",
        when=[another_person],
    )  # fmt: skip
    def decline(self, actor: Actor, *, now: datetime, reason: str) -> dict[str, Any]:
        """Somebody else says no, and why; nothing is done."""
        if not reason.strip():
            raise Refusal("reason_missing", "Say why, so that your colleague can follow.", status=422, field="reason")
        self.decided_by, self.decided_at, self.answer = actor.id, now, reason.strip()[:1000]
        return self._told() | {"reason": self.answer}

    @transition(
        "waiting", "withdrawn", by="authority.ask", event="authority.withdrawn", label="Take back", when=[the_asker]
    )
    def withdraw(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The asker does not want it any more."""
        self.decided_at = now
        return self._told()

    def _told(self) -> dict[str, Any]:
        return {
            "number": self.about_number, "kind": self.kind, "amount": self.amount.text, "currency": self.currency,
            "reason": self.reason, "internal": True,
        }  # fmt: skip


def require(
    actor: Actor,
    kind: str,
    amount: Money,
    *,
    about: Any,
    deed: str = "",
    payload: Mapping[str, Any] | None = None,
    reason: str = "",
    granted: AuthorityRequest | None = None,
    now: datetime | None = None,
) -> AuthorityRequest | None:
    """None where the actor may do it alone, or where `granted` lets it be done: go on. Otherwise the new request, which
    waits for a second person: stop, and hand it back.

    about: the row (with supplier_id, and account_id or account_ids()); deed: a key of `authorised.DEEDS`, the kind
    where it is not said; payload: what carrying it out needs to know, in ids and primitives; the right itself is the
    caller's to ask for. Event: `authority.asked`. Refusals (409): `asked_already`; `other_grant` where the grant is for
    something else or for less.
    """
    deed = deed or kind
    if granted is not None:
        _refuse_other_grant(granted, deed, amount, about)
        return None
    if is_within(actor, kind, amount, supplier_id=about.supplier_id):
        return None
    return _ask(actor, kind, amount, about, deed, dict(payload or {}), reason, now or clock.now())


def refuse_above(
    actor: Actor, kind: str, amount: Money, *, about: Any, deed: str = "", granted: AuthorityRequest | None = None
) -> None:
    """For the body of a transition, which happens or does not: Refusal (409, `above_your_limit`) where `require` would
    have asked for a second person."""
    if granted is not None:
        _refuse_other_grant(granted, deed or kind, amount, about)
    elif not is_within(actor, kind, amount, supplier_id=about.supplier_id):
        raise Refusal("above_your_limit", f"{amount} is more than you may decide alone: ask for a second person.")


def is_within(actor: Actor, kind: str, amount: Money, *, supplier_id: UUID) -> bool:
    """Whether the actor may do this alone."""
    return reaches(limits_of(actor, kind, amount.currency, supplier_id=supplier_id).alone, amount)


def waiting_for(about: Any) -> AuthorityRequest | None:
    """The request about this row that waits, if one does."""
    rows = AuthorityRequest.objects.filter(about_kind=about._meta.label_lower, about_id=about.pk, state="waiting")
    found: AuthorityRequest | None = rows.order_by("asked_at").first()
    return found


@database.atomic
def _ask(
    actor: Actor, kind: str, amount: Money, about: Any, deed: str, payload: dict[str, Any], reason: str, now: datetime
) -> AuthorityRequest:
    where = {"about_kind": about._meta.label_lower, "about_id": about.pk, "deed": deed}
    Organisation.objects.select_for_update(no_key=True).get(pk=about.supplier_id)  # asking twice at once is asking once
    if AuthorityRequest.objects.filter(state="waiting", **where).exists():
        raise Refusal("asked_already", "This waits for a second person already. Take that back before you ask anew.")
    request = AuthorityRequest.objects.create(
        state="waiting", state_since=now, supplier_id=about.supplier_id, account_id=getattr(about, "account_id", None),
        kind=kind, **where, about_number=str(getattr(about, "number", "") or about)[:200], currency=amount.currency,
        amount_minor=amount.minor, payload=payload, reason=reason.strip()[:1000], asked_by=actor.id, asked_at=now,
    )  # fmt: skip
    told = request._told()
    events.record("authority.asked", request, actor, concerns=request.concerns(), after="waiting",
                  internal=told.pop("internal"), data=told, occurred_at=now)  # fmt: skip
    return request


def _refuse_other_grant(granted: AuthorityRequest, deed: str, amount: Money, about: Any) -> None:
    meant = (granted.deed, granted.about_kind, granted.about_id) == (deed, about._meta.label_lower, about.pk)
    if not meant or granted.decided_by is None or amount > granted.amount:
        raise Refusal("other_grant", f"What was granted is {granted}, not {amount}: ask anew.")


def _accounts_of(about: Any) -> Iterable[UUID]:
    if isinstance(about, CustomerAccount):
        return (about.pk,)
    if hasattr(about, "account_ids"):
        found: Iterable[UUID] = about.account_ids()
        return found
    return (about.account_id,) if getattr(about, "account_id", None) else ()
