"""Standing terms: what a supplier's company gives by itself to whoever asks to pay early, without anybody answering."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, decimals
from eipp.kernel.record import DecimalText, Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger.agreed_discount import Scale
from workflows.offer import Offer
from workflows.offer_terms import HIGHEST, OfferShare

RIGHT = "account.administer"


class OfferSetting(Entity):
    """yearly: percent a year; least_days: how many days before the due date the last paying day is at least; largest:
    how much may be out at these terms at one time, empty for no bound; chosen: the accounts that get it, as texts of
    their ids, empty for all."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    yearly = DecimalText()
    least_days = models.PositiveSmallIntegerField(default=1)
    largest_minor = models.BigIntegerField(null=True)
    chosen = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField()
    largest = MoneyOf("largest_minor")
    scope = Scope(supplier="supplier_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["legal_entity", "currency"], name="one_offer_setting"),
            models.CheckConstraint(condition=Q(largest_minor=None) | Q(largest_minor__gt=0), name="offer_setting_sum"),
        )

    def __str__(self) -> str:
        return f"{self.legal_entity} {self.currency} {self.yearly}"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.supplier_id)

    def is_for(self, account: CustomerAccount) -> bool:
        return not self.chosen or str(account.pk) in self.chosen


@transaction.atomic
def set_setting(
    actor: Actor, entity: LegalEntity, currency: str, *, yearly: Decimal, least_days: int = 1,
    largest: Money | None = None, chosen: Sequence[UUID] = (), active: bool = True, now: datetime | None = None,
) -> OfferSetting:  # fmt: skip
    """What this company gives by itself from now on; not active: nothing. Event: `offer_setting.set`.

    Refusals: 403; 422 `rate_out_of_range`, `invalid_days`, `invalid_amount`, `unknown_account`, `unknown_currency`.
    """
    require(actor, RIGHT)
    require_whole(actor)
    decimals(currency)
    if not 0 < yearly <= HIGHEST or yearly != round(yearly, 4):
        raise Refusal("rate_out_of_range", "A rate is more than 0 and at most 100 percent, with at most four decimals.",
                      status=422, field="yearly_rate")  # fmt: skip
    if not 1 <= least_days <= 180:
        raise Refusal("invalid_days", "Between 1 and 180 days are gained.", status=422, field="least_days")
    if largest is not None and (largest.currency != currency or largest.minor <= 0):
        raise Refusal("invalid_amount", f"The largest sum is more than zero {currency}.", status=422, field="largest")
    accounts = CustomerAccount.objects.visible_to(actor).filter(pk__in=chosen, legal_entity=entity)
    if accounts.count() != len(set(chosen)):
        raise Refusal("unknown_account", "Choose accounts of this company.", status=422, field="accounts")
    facts: dict[str, Any] = {
        "supplier_id": entity.organisation_id, "yearly": yearly, "least_days": least_days,
        "largest_minor": largest.minor if largest else None, "chosen": sorted(str(pk) for pk in set(chosen)),
        "active": active, "set_by": actor.id, "set_at": now or clock.now(),
    }  # fmt: skip
    row, _ = OfferSetting.objects.update_or_create(legal_entity=entity, currency=currency, defaults=facts)
    told = {"name": entity.name, "currency": currency, "rate": f"{yearly.normalize():f}", "days": least_days,
            "amount": largest.text if largest else None, "accounts": len(row.chosen), "active": active}  # fmt: skip
    events.record("offer_setting.set", row, actor, data=told, occurred_at=facts["set_at"])
    return row


def standing(account: CustomerAccount, currency: str) -> OfferSetting | None:
    """What the account gets by itself in this currency, if anything."""
    return standing_of([account], [currency]).get((account.pk, currency))


def standing_of(accounts: Sequence[CustomerAccount], currencies: Sequence[str]) -> dict[tuple[UUID, str], OfferSetting]:
    """The same for many accounts: one query."""
    entities = {account.legal_entity_id for account in accounts}
    rows = list(OfferSetting.objects.filter(legal_entity__in=entities, currency__in=set(currencies), active=True))
    return {
        (account.pk, row.currency): row
        for account in accounts for row in rows
        if row.legal_entity_id == account.legal_entity_id and row.is_for(account)
    }  # fmt: skip


def covers(offer: Offer, *, today: date) -> bool:
    """Whether the standing terms give all that the offer's latest terms ask for; the setting's row is the lock."""
    rows = OfferSetting.objects.select_for_update().filter(legal_entity=offer.legal_entity_id, active=True)
    row = rows.filter(currency=offer.currency).first()
    if row is None or not row.is_for(offer.account):
        return False
    return gives(row, offer.scale, offer.kept(), today=today) and _within(row, offer)


def gives(row: OfferSetting, scale: Scale, shares: Sequence[OfferShare], *, today: date) -> bool:
    """Whether no paying day takes off more than the standing rate, and enough days are gained."""
    own = Scale(scale.until, row.yearly)
    days = [today + timedelta(days=ahead) for ahead in range((scale.until - today).days + 1)]
    return all(
        (share.due_on - scale.until).days >= row.least_days
        and all(scale.percent(due=share.due_on, on=day) <= own.percent(due=share.due_on, on=day) for day in days)
        for share in shares
    )


def _within(row: OfferSetting, offer: Offer) -> bool:
    if row.largest_minor is None:
        return True
    # What the buyer's approvers have yet to agree to is given already, as far as the supplier is concerned.
    out = (
        Offer.objects.filter(
            legal_entity=row.legal_entity_id, currency=row.currency, state__in=("approving", "accepted"), by_itself=True
        )
        .exclude(pk=offer.pk)
        .aggregate(sum=models.Sum("amount_minor"))["sum"]
    )
    return (out or 0) + offer.amount_minor <= row.largest_minor
