"""Asking the providers for their books, day by day and payee by payee, so that ours can be held against them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction as database
from django.db.models import Min
from django.db.models.functions import TruncDate

from eipp.accounts.models import LegalEntity
from eipp.gateways import gateway as gateways
from eipp.kernel import clock, rows
from eipp.kernel.refusal import Refusal
from workflows.payment import Payment
from workflows.refund import Refund
from workflows.settlement_line import SettlementDay, SettlementLine
from workflows.settlement_payout import SettlementPayout

log = structlog.get_logger()
FARTHEST = timedelta(days=40)  # days before are not asked for: a provider's list may not reach so far
SETTLING = timedelta(days=3)  # a day may still gain lines for so long
AGAIN = timedelta(minutes=10)
MOST_CALLS = 60  # in one run


def list_what_is_missing(*, now: datetime | None = None) -> int:
    """Ask for the days that were not listed yet, or may have gained lines since; how many were asked for."""
    moment = now or clock.now()
    asked = 0
    for name, payee, day in _missing(moment):
        if asked == MOST_CALLS:
            break
        asked += 1
        list_day(name, payee, day, now=moment)
    return asked


def list_day(name: str, payee: LegalEntity, day: date, *, now: datetime) -> int:
    """Keep a provider's lines of one day: those that are new. How many there are; no call is made in a transaction."""
    facts: dict[str, Any] = {"asked_at": now}
    try:
        provider = gateways.of(name, payee)
        told = provider.transactions(day)
        sent = provider.payouts(day) if "payouts" in provider.can else ()
    except (gateways.NoAnswer, Refusal) as error:
        log.warning("settlement.not_listed", gateway=name, day=day.isoformat(), error=str(error))
        SettlementDay.objects.update_or_create(
            legal_entity=payee, gateway=name, day=day, defaults=facts | {"trouble": str(error)[:200]}
        )
        return 0
    with database.atomic():
        # The row is locked by its update: two workers that list the same day follow each other.
        facts |= {"listed_at": now, "lines": len(told), "trouble": ""}
        SettlementDay.objects.update_or_create(legal_entity=payee, gateway=name, day=day, defaults=facts)
        _keep(name, payee, day, told, now)
        _keep_payouts(name, payee, sent, now)
    return len(told)


def _missing(now: datetime) -> Iterator[tuple[str, LegalEntity, date]]:
    """Gateway, payee and day, today first: that is what somebody looks at."""
    today = now.astimezone(UTC).date()
    listing = [name for name in settings.GATEWAYS if "transactions" in gateways.gateway(name).can]
    since = Payment.objects.filter(gateway__in=listing).values_list("gateway", "legal_entity")
    first = since.annotate(day=Min(TruncDate("submitted_at", tzinfo=UTC))).order_by("gateway", "legal_entity")
    payees = LegalEntity.objects.in_bulk([entity for _, entity, _ in first])
    known = {(row.gateway, row.legal_entity_id, row.day): row
             for row in SettlementDay.objects.filter(day__gte=today - FARTHEST)}  # fmt: skip
    for name, entity, begun in first:
        day = today
        while day >= max(begun, today - FARTHEST):
            row = known.get((name, entity, day))
            if row is None or (_may_grow(row) and row.asked_at < now - AGAIN):
                yield name, payees[entity], day
            day -= timedelta(days=1)


def _may_grow(row: SettlementDay) -> bool:
    return row.listed_at is None or row.listed_at.astimezone(UTC).date() < row.day + SETTLING


def _keep(
    name: str, payee: LegalEntity, day: date, told: Sequence[gateways.Transaction], now: datetime
) -> None:  # fmt: skip
    owners = _payments({line.reference for line in told})
    methods = dict(Payment.objects.filter(pk__in=set(owners.values())).values_list("pk", "method"))
    known = {(*row.alike, row.place) for row in SettlementLine.objects.filter(legal_entity=payee, gateway=name, on=day)}
    places: Counter[object] = Counter()
    new = []
    for line in told:
        payment = owners.get(line.reference)
        row = SettlementLine(
            supplier_id=payee.organisation_id, legal_entity=payee, gateway=name,
            method=methods.get(payment, "") if payment else "", payment_id=payment,
            reference=line.reference, kind=line.kind, amount_minor=line.amount.minor,
            currency=line.amount.currency, on=day, gateway_reference=line.gateway_reference[:100], listed_at=now,
            fee_minor=line.fee.minor if line.fee else 0,
        )  # fmt: skip
        row.place = places[row.alike]
        places[row.alike] += 1
        if (*row.alike, row.place) not in known:
            new.append(row)
    rows.insert(new)


def _keep_payouts(name: str, payee: LegalEntity, sent: Sequence[gateways.Payout], now: datetime) -> None:
    for one in sent:
        SettlementPayout.objects.get_or_create(
            legal_entity=payee, gateway=name, reference=one.reference[:100], amount_minor=one.amount.minor,
            defaults={"supplier_id": payee.organisation_id, "currency": one.amount.currency, "on": one.on,
                      "listed_at": now},
        )  # fmt: skip


def _payments(references: set[UUID]) -> dict[UUID, UUID]:
    """By reference, the payment it is about: itself, or that of the refund."""
    own = Payment.objects.filter(pk__in=references).values_list("pk", flat=True)
    refunds = Refund.objects.filter(pk__in=references, payment__isnull=False).values_list("pk", "payment_id")
    return {pk: pk for pk in own} | {pk: payment for pk, payment in refunds if payment}
