"""Method setup: having a card or account kept by the gateway on its own page, verified there, and forgotten again.

As with payments: our row is committed first, its id is the key, and only a look at the gateway moves it on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, models
from django.db import transaction as database
from django.db.models import F, Q
from django.urls import reverse

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation, Person
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require
from eipp.gateways import gateway as gateways
from eipp.kernel import clock, events, jobs
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows.saved_method import KINDS, SavedMethod, lock_token, set_people, shared_scope

log = structlog.get_logger()
UNATTENDED = timedelta(minutes=5)
ABANDONED = timedelta(hours=24)  # a page that nobody came back from for so long
ASK = "workflows.jobs.ask_about_methods"


def payees(actor: Actor) -> list[LegalEntity]:
    """The bodies of the actor's suppliers, by name: whom a card or account can be kept for."""
    suppliers = CustomerAccount.objects.visible_to(actor).order_by().values("supplier")
    return list(LegalEntity.objects.filter(organisation__in=suppliers).order_by("name", "pk"))


def kept_by(payee: LegalEntity) -> list[gateways.Way]:
    """What can be kept for a payee, and by which gateway."""
    found = []
    for name in settings.GATEWAYS:
        try:
            provider = gateways.of(name, payee)
        except Refusal:  # the payee has no credentials there
            continue
        if {"setup", "charge"} <= provider.can:
            found += [gateways.Way(name, method) for method in provider.methods if method in KINDS]
    return found


def request(
    actor: Actor,
    payee: LegalEntity,
    *,
    gateway: str,
    kind: str,
    attempt: UUID,
    name: str = "",
    for_everyone: bool = True,
    people: Sequence[Person] = (),
    now: datetime | None = None,
) -> SavedMethod:
    """Begin to keep a card or account for a payee; then `open_page`. The same attempt again is the same row.

    Event: `saved_method.requested`. Refusals: 403 without the right, 404 for a payee one has nothing to do with, 422
    (`method_not_offered`) for what no gateway of the payee's keeps.
    """
    require(actor, "method.keep")
    assert actor.organisation_id  # whoever has the right has a membership
    if payee not in payees(actor):
        raise Refusal("unknown_payee", "There is no such payee that you can see.", status=404, field="payee")
    if gateways.Way(gateway, kind) not in kept_by(payee):
        raise Refusal("method_not_offered", f"{payee} keeps none of these.", status=422, field="kind")
    try:
        with database.atomic():
            row = SavedMethod.objects.create(
                buyer_id=actor.organisation_id, legal_entity=payee, gateway=gateway, kind=kind, attempt=attempt,
                name=plain(name, field="name", longest=60) if name.strip() else "", added_by=actor.id,
                requested_at=now or clock.now(),
            )  # fmt: skip
            set_people(actor, row, for_everyone=for_everyone, people=people)
            events.record("saved_method.requested", row, actor, data=row.told(), occurred_at=row.requested_at)
    except IntegrityError:
        return SavedMethod.objects.get(buyer=actor.organisation_id, attempt=attempt)
    return row


def open_page(row: SavedMethod) -> SavedMethod:
    """The gateway's page for a row that is committed; without an answer it is asked for again by the owner."""
    back = settings.BASE_URL + reverse("portal:method", args=[row.pk])
    setup = gateways.Setup(row.pk, row.kind, holder=row.buyer.name, payee=row.legal_entity.name, return_url=back,
                           cancel_url=back)  # fmt: skip
    try:
        page = gateways.of(row.gateway, row.legal_entity).open_setup(setup)
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", saved_method=str(row.pk), error=str(error))
        raise Refusal("no_answer", "The payment provider does not answer: try again in a minute.", status=503,
                      retry_after=30) from None  # fmt: skip
    row.setup_url = page.url
    SavedMethod.objects.filter(pk=row.pk, saved_at=None, removed_at=None).update(setup_url=page.url)
    return row


def verify(actor: Actor, row: SavedMethod, amounts_minor: Sequence[int], *, now: datetime | None = None) -> None:
    """The owner types the two small amounts that came into the account. Refusal (422) when they are others."""
    require(actor, "method.keep")
    if row.saved_at or not row.verifying_at or row.removed_at:
        raise Refusal("not_now", "There is nothing to be verified here.")
    try:
        means = gateways.of(row.gateway, row.legal_entity).verify(row.pk, amounts_minor)
    except gateways.NoAnswer:
        raise Refusal("no_answer", "The payment provider does not answer: try again in a minute.", status=503,
                      retry_after=30) from None  # fmt: skip
    _record(row.pk, means, now or clock.now())
    if means.status == "verifying":
        raise Refusal("wrong_amounts", "These are not the two amounts: look at the account's statement and try again.",
                      status=422, field="first")  # fmt: skip


def note(gateway: str, reference: UUID, *, now: datetime | None = None) -> bool:
    """There is news about a setup (a callback, or its owner came back): the worker looks. Whether it is ours."""
    with database.atomic():
        noted = SavedMethod.objects.filter(pk=reference, gateway=gateway).update(callback_at=now or clock.now())
        jobs.nudge(ASK)
    return bool(noted)


def to_be_asked(now: datetime) -> list[UUID]:
    """The rows about which a gateway is to be asked, or to which it is to be told that they are removed."""
    waiting = Q(saved_at=None, failed_at=None, removed_at=None) & (
        Q(looked_at__lt=now - UNATTENDED) | Q(looked_at=None, requested_at__lt=now - UNATTENDED)
    )
    forget = Q(removed_at__isnull=False, forgotten_at=None) & ~Q(locked_token="")
    rows = SavedMethod.objects.filter(Q(callback_at__isnull=False) | waiting | forget)
    return list(rows.order_by(F("callback_at").asc(nulls_last=True), "requested_at").values_list("pk", flat=True)[:200])


def ask(method_id: UUID, *, now: datetime | None = None) -> None:
    """Look at the gateway's setup and record what it says; asking twice records it once."""
    moment = now or clock.now()
    row = SavedMethod.objects.select_related("legal_entity", "buyer").get(pk=method_id)
    provider = gateways.of(row.gateway, row.legal_entity)
    try:
        if row.removed_at:
            if row.locked_token and not row.forgotten_at:
                provider.forget(row.token)
            SavedMethod.objects.filter(pk=row.pk).update(forgotten_at=moment, locked_token="", callback_at=None)
            return
        means = provider.look_setup(row.pk)
    except gateways.NoAnswer as error:
        log.warning("gateway.no_answer", saved_method=str(row.pk), error=str(error))
        SavedMethod.objects.filter(pk=row.pk).update(looked_at=moment)
        return
    SavedMethod.objects.filter(pk=row.pk, callback_at=row.callback_at).update(callback_at=None)
    _record(row.pk, means, moment)


@database.atomic
def _record(method_id: UUID, means: gateways.Means, now: datetime) -> None:
    """Events: `saved_method.saved`, `.verifying`, `.failed`, `.stopped`; what was recorded before is not again."""
    owner = Organisation.objects.filter(saved_methods=method_id)
    Organisation.objects.select_for_update().get(pk__in=models.Subquery(owner.values("pk")))
    row = SavedMethod.objects.select_related("legal_entity", "buyer").get(pk=method_id)
    row.looked_at = now
    actor = Actor(kind="gateway", side="system", name=row.gateway, via="gateway")
    match means.status:
        case "saved" if not row.saved_at and not row.removed_at:
            _save(row, means, now)
            events.record("saved_method.saved", row, actor, data=row.told(), scope=shared_scope(row), occurred_at=now)
        case "verifying" if not row.verifying_at and not row.saved_at:
            row.verifying_at, row.label, row.last_digits = now, means.label, means.last_digits
            row.setup_url = ""
            events.record("saved_method.verifying", row, actor, data=row.told(), occurred_at=now)
        case "failed" | "gone" | "missing" if not row.saved_at and not row.failed_at and _is_over(row, means, now):
            row.failed_at, row.failure, row.setup_url = now, means.failure or "never_reached", ""
            events.record("saved_method.failed", row, actor, data={**row.told(), "failure": row.failure},
                          occurred_at=now)  # fmt: skip
        case "gone" if row.saved_at and not row.stopped_at:
            row.stopped_at, row.stop_reason, row.is_default = now, means.failure or "means_gone", False
            events.record("saved_method.stopped", row, actor, data={**row.told(), "failure": row.stop_reason},
                          scope=shared_scope(row), occurred_at=now)  # fmt: skip
        case "open" if row.requested_at < now - ABANDONED and not row.failed_at:
            row.failed_at, row.failure, row.setup_url = now, "checkout_expired", ""
            events.record("saved_method.failed", row, actor, data={**row.told(), "failure": row.failure},
                          occurred_at=now)  # fmt: skip
    row.save(update_fields=[
        "locked_token", "label", "last_digits", "expires_on", "is_default", "setup_url", "verifying_at", "saved_at",
        "verified_at", "failed_at", "failure", "stopped_at", "stop_reason", "looked_at",
    ])  # fmt: skip


def _is_over(row: SavedMethod, means: gateways.Means, now: datetime) -> bool:
    """What the gateway never heard of may still be on its way there."""
    return means.status != "missing" or row.requested_at < now - UNATTENDED


def _save(row: SavedMethod, means: gateways.Means, now: datetime) -> None:
    row.saved_at = row.verified_at = now
    row.locked_token, row.label, row.last_digits = lock_token(means.token), means.label, means.last_digits
    row.expires_on, row.setup_url, row.failed_at, row.failure = means.expires_on, "", None, ""
    others = SavedMethod.objects.filter(buyer=row.buyer, legal_entity=row.legal_entity, is_default=True)
    row.is_default = not others.exists()
