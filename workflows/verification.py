"""Verification: everything recomputed and held against the gateways every night; each difference is named and kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import structlog
from django.db import models
from django.db import transaction as database

from eipp.accounts.models import Organisation
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger.verify import verify
from workflows import gateway_check, settlement
from workflows.bank_statement import SupplierQuerySet

log = structlog.get_logger()
HOUR = 2  # of the night, in UTC
DAYS = 7  # of settlements that are held against our books; payments that moved in the last two are looked up
MOST_NAMED = 500  # differences that are kept of one run
PLATFORM = Actor.system("verification")


class Verification(Entity):
    """One run: how long it took, and how many differences it found."""

    started_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField()
    found = models.PositiveIntegerField()
    scope = Scope()

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.found}"

    def event_scope(self) -> EventScope:
        return EventScope()


class VerificationFinding(Entity):
    """One difference. supplier: whose it is; empty where only the operator can tell."""

    verification = models.ForeignKey(Verification, models.PROTECT, related_name="findings")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    text = models.TextField()
    scope = Scope(supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(SupplierQuerySet)()

    def __str__(self) -> str:
        return self.text


def is_due(now: datetime) -> bool:
    """Once each night, and at once where there was none yet."""
    night = now.astimezone(UTC).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    night -= timedelta(days=night > now)
    return not Verification.objects.filter(started_at__gte=night).exists()


def run(*, gateways: bool = True, now: datetime | None = None) -> Verification:
    """Recompute all, look at the gateways, keep what was found. Event, for each supplier concerned and only where
    something differs: `verification.differed`."""
    started = now or clock.now()
    found = list(_differences(started, gateways=gateways))
    with database.atomic():
        row = Verification.objects.create(started_at=started, ended_at=clock.now(), found=len(found))
        VerificationFinding.objects.bulk_create(
            [VerificationFinding(verification=row, supplier=supplier, text=text)
             for supplier, text in found[:MOST_NAMED]]
        )  # fmt: skip
        _tell(row, found, started)
    for _, text in found[:MOST_NAMED]:
        log.error("verification.difference", difference=text)
    return row


def last() -> Verification | None:
    return Verification.objects.order_by("-started_at").first()


def _differences(now: datetime, *, gateways: bool) -> Iterator[tuple[Organisation | None, str]]:
    suppliers = list(Organisation.objects.filter(side="supplier").order_by("pk"))
    own = suppliers[0] if len(suppliers) == 1 else None  # alone here: all of it is theirs
    for text in verify():
        yield own, text
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    for supplier in suppliers:
        actor = Actor(kind="system", side="supplier", organisation_id=supplier.pk, name="verification", via="job")
        for difference in settlement.differences(actor, first=yesterday - timedelta(days=DAYS), last=yesterday):
            if difference.reason not in settlement.HARMLESS:
                yield supplier, str(difference)
    by_id = {supplier.pk: supplier for supplier in suppliers}
    for unlike in gateway_check.differences(days=2, now=now) if gateways else ():
        yield by_id[unlike.payment.supplier_id], str(unlike)


def _tell(row: Verification, found: list[tuple[Organisation | None, str]], now: datetime) -> None:
    """Whose it is hears how many there are; what nobody can tell whose it is, everybody does."""
    if not found:
        return
    unknown = sum(supplier is None for supplier, _ in found)
    drafts = []
    for supplier in Organisation.objects.filter(side="supplier").order_by("pk"):
        count = unknown + sum(one == supplier for one, _ in found)
        if count:
            drafts.append(events.Draft("verification.differed", row, internal=True, data={"count": count},
                                       scope=EventScope(supplier.pk), occurred_at=now))  # fmt: skip
    events.record_all(drafts, PLATFORM)
