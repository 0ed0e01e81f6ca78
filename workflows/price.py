"""Price: what paying costs on top, all in and before it is paid. Nothing, unless the payee has set a price for a method
inside what the law allows there; and there is always a way that costs nothing.

The caps below are the platform's, as the law stood on 2026-01-01; a payee may set less, never more. Where the law tells
companies from consumers by the card (EU, UK: consumer cards nothing, commercial cards the direct cost), nothing is
charged, since the card is not known before it is given. Sources: Directive (EU) 2015/2366 (PSD2) Art. 62 with
Regulation (EU) 2015/751; UK Consumer Rights (Payment Surcharges) Regulations 2012 as amended 2018; card network rules
in the US (at most the cost of acceptance, never on debit or prepaid cards), no surcharge in Connecticut (42-133ff),
Massachusetts and Maine, 2 % in Colorado (5-2-212), which is taken for all; Canada 2.4 %; Australia: the cost of
acceptance (RBA Standard No. 3 of 2016). Of debit and prepaid cards nothing is ever taken: a price can be set by a payee
alone who has told that its provider takes credit cards only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db import models
from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.accounts.roles import require
from eipp.gateways.gateway import Way
from eipp.gateways.offered import offered
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import DecimalText, Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

VALID = timedelta(minutes=30)
_SALT = "price of a payment"
_EEA = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB".split()
_NONE = Decimal(0)

#: By country of the payee and method: the most that may be charged on top, in percent. A method or country that does
#: not stand here may not be charged for at all.
CAPS: Mapping[str, Mapping[str, Decimal]] = {
    **{country: {"card": _NONE, "bank_debit": _NONE} for country in _EEA},
    "US": {"card": Decimal("2.00"), "bank_debit": _NONE},
    "CA": {"card": Decimal("2.40"), "bank_debit": _NONE},
    "AU": {"card": Decimal("1.50"), "bank_debit": _NONE},
    "NZ": {"card": Decimal("2.00"), "bank_debit": _NONE},
    "CH": {"card": Decimal("2.00"), "bank_debit": _NONE},
}
#: Where in a country nothing may be charged all the same, by the payer's or the payee's region.
FORBIDDEN = frozenset(
    ("US", region) for region in ("CT", "CONNECTICUT", "MA", "MASSACHUSETTS", "ME", "MAINE", "PR", "PUERTO RICO")
)


class MethodPrice(Entity):
    """What a payee charges on top for a method, in percent, from `set_at` until `ended_at`. credit_only: the payee has
    told that its provider takes credit cards alone for it."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="method_prices")
    method = models.CharField(max_length=20)
    percent = DecimalText()
    credit_only = models.BooleanField(default=False)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    scope = Scope(supplier="legal_entity__organisation_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["legal_entity", "method"], condition=Q(ended_at=None), name="one_price_per_method"
            ),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.percent} %"

    def event_scope(self) -> EventScope:
        return EventScope(supplier_id=self.legal_entity.organisation_id)


@dataclass(frozen=True, slots=True)
class Price:
    """All that is paid, in parts: what it is for, and the price of paying this way."""

    amount: Money
    surcharge: Money
    percent: Decimal

    @property
    def total(self) -> Money:
        return self.amount + self.surcharge


def cap(payee: LegalEntity, method: str) -> Decimal:
    """The most that this payee may charge on top for a method, in percent; zero where it may not at all."""
    return CAPS.get(payee.country, {}).get(method, _NONE)


@database.atomic
def set_price(
    actor: Actor,
    payee: LegalEntity,
    *,
    method: str,
    percent: Decimal,
    credit_only: bool = False,
    now: datetime | None = None,
) -> None:
    """Charge so much on top for a method from now on; zero ends it. Event: `method_price.set`.

    Refusals: 403 without the right; 422 (`above_the_cap`) for more than the law allows there, (`debit_cards`)
    while debit cards could be charged for.
    """
    require(actor, "price.administer")
    payee = LegalEntity.objects.visible_to(actor).select_for_update().get(pk=payee.pk)
    if percent < 0 or not percent.is_finite() or percent.as_tuple().exponent < -4:  # type: ignore[operator]
        raise Refusal("invalid_percent", "Write a percentage such as 1.5, zero for none.", status=422, field="percent")
    if percent > (most := cap(payee, method)):
        allowed = f"at most {most:f} % is allowed" if most else "nothing may be charged on top for this method"
        raise Refusal("above_the_cap", f"In {payee.country}, {allowed}.", status=422, field="percent")
    if percent and not credit_only:
        sentence = (
            "Nothing may be charged on top of debit and prepaid cards: have your provider take credit cards alone."
        )
        raise Refusal("debit_cards", sentence, status=422, field="credit_only")
    moment = now or clock.now()
    standing = MethodPrice.objects.filter(legal_entity=payee, ended_at=None)
    standing.filter(method=method).update(ended_at=moment)
    row = MethodPrice.objects.create(
        legal_entity=payee, method=method, percent=percent, credit_only=credit_only, set_at=moment,
        ended_at=None if percent else moment,
    )  # fmt: skip
    events.record("method_price.set", row, actor, data={"method": method, "percent": f"{percent:f}"})


def percents(payee: LegalEntity) -> dict[str, Decimal]:
    """What the payee charges on top now, by method; never more than the cap, should that have fallen since."""
    rows = MethodPrice.objects.filter(legal_entity=payee, ended_at=None)
    return {row.method: min(row.percent, cap(payee, row.method)) for row in rows}


def price_of(
    payee: LegalEntity, way: Way, amount: Money, *, accounts: Collection[CustomerAccount] = (),
    charged: Mapping[str, Decimal] | None = None, free: bool | None = None,
) -> Price:  # fmt: skip
    """What it costs to pay so much this way. It costs nothing where no other way would be free, or where the law of the
    payee's or a payer's region forbids it. charged, free: what is known already of `percents` and `has_free_way`."""
    charged = percents(payee) if charged is None else charged
    percent = charged.get(way.method, _NONE)
    if percent and (_is_forbidden(payee, accounts) or not has_free_way(payee, amount, accounts, charged, known=free)):
        percent = _NONE
    return Price(amount, Money.of(amount.amount * percent / 100, amount.currency), percent)


def has_free_way(
    payee: LegalEntity, amount: Money, accounts: Collection[CustomerAccount], charged: Mapping[str, Decimal], *,
    known: bool | None = None,
) -> bool:  # fmt: skip
    """Whether some way of paying so much costs nothing."""
    if known is not None:
        return known
    return any(not charged.get(way.method) for way in offered(payee, amount, accounts=accounts))


def _is_forbidden(payee: LegalEntity, accounts: Collection[CustomerAccount]) -> bool:
    places = [payee.address | {"country": payee.country}, *(account.address for account in accounts)]
    regions = [(each.get("country", ""), each.get("subdivision", "").upper().removeprefix("US-")) for each in places]
    return any(region in FORBIDDEN for region in regions)


def quote(payee: LegalEntity, amount: Money, prices: Mapping[str, Price], *, now: datetime) -> str:
    """The prices of an amount by method, signed: what the payer was shown holds for half an hour."""
    said: dict[str, Any] = {
        "payee": str(payee.pk), "amount": amount.minor, "currency": amount.currency,
        "surcharges": {method: price.surcharge.minor for method, price in prices.items()},
        "until": int((now + VALID).timestamp()),
    }  # fmt: skip
    return signing.dumps(said, salt=_SALT, compress=True)


def agreed(price: Price, payee: LegalEntity, method: str, quoted: str, *, now: datetime) -> Money:
    """The surcharge that the payer has seen and agreed to; zero where nothing is charged.

    Refusal (409, `price_not_seen`, `price_expired`, `price_changed`) with the price that holds now.
    """
    if not price.surcharge and not quoted:
        return price.surcharge
    holds = f"{price.amount} and {price.surcharge} for paying this way, {price.total} in all"
    said = _read(quoted)
    if said is None:
        raise Refusal("price_not_seen", f"Paying this way costs something: {holds}. Agree to it first.", field="price")
    if said["until"] < now.timestamp():
        raise Refusal("price_expired", f"The price shown has expired. Now it is {holds}.", field="price")
    same = (said["payee"], said["amount"], said["currency"]) == (
        str(payee.pk), price.amount.minor, price.amount.currency)  # fmt: skip
    shown = said["surcharges"].get(method, 0)
    if not same or shown < price.surcharge.minor:
        raise Refusal("price_changed", f"This is not the price that was shown. Now it is {holds}.", field="price")
    return Money(min(shown, price.surcharge.minor), price.amount.currency)


def _read(quoted: str) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = signing.loads(quoted, salt=_SALT)
    except signing.BadSignature:
        return None
    return said
