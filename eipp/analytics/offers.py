"""Early-payment offers in figures: what was offered, agreed, won and missed, and the average yearly rate."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext as _

from eipp.analytics.asked import Asked
from eipp.analytics.report import MOST_ROWS, Block, Cell, Column, Rows
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.agreed_discount import YEAR
from workflows.models import Offer

AGREED = ("accepted", "earned", "missed")
FIGURES = ("offered", "agreed", "earned", "missed")


def blocks(actor: Actor, asked: Asked) -> list[Block]:
    """One table over all currencies: by currency the discounts in money and, of what was agreed, a year. One query."""
    agreed = Q(state__in=AGREED)
    rows = (
        _measured(actor, asked, asked.narrow()).order_by().values("currency").annotate(
            **{f"sum_{name}": Sum(name) for name in FIGURES},
            least=Sum("least_minor", filter=agreed), weights=Sum("weight", filter=agreed),
        ).order_by("currency")
    )  # fmt: skip
    columns = (
        Column(_("Currency"), lead=True), Column(_("Offered"), "money"), Column(_("Agreed"), "money"),
        Column(_("Won"), "money"), Column(_("Missed"), "money"), Column(_("Agreed, a year on average"), "percent"),
    )  # fmt: skip
    lines = [[Cell(row["currency"]), *_cells(row), Cell(_rate(row))] for row in rows]
    return [Block(_("Early payment by agreement"), columns, lines)] if lines else []


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """The offers of one figure."""
    name = which["of"]
    currency = which.get("currency", asked.currency)
    narrow = asked.narrow(currency=currency, supplier=which.get("supplier", ""), account=which.get("account", ""))
    found = _measured(actor, asked, narrow).filter(**{f"{name}__gt": 0}).order_by("-made_at", "-id")
    lines = [
        [Cell(row.number, opens=("offer", str(row.pk))), Cell(row.made_at.date()), Cell(row.until),
         Cell(row.amount), Cell(Money(getattr(row, name), row.currency))]
        for row in found[:MOST_ROWS]
    ]  # fmt: skip
    columns = (
        Column(_("Number"), lead=True), Column(_("Proposed"), "date"), Column(_("Paid by"), "date"),
        Column(_("Amount"), "money"), Column(_("Discount"), "money"),
    )  # fmt: skip
    whole = found.order_by().aggregate(sum=Sum(name))["sum"]
    sums = Money(int(whole or 0), currency) if currency else None
    return Rows(_("Early-payment offers"), columns, lines, sums, found.count())


def _measured(actor: Actor, asked: Asked, narrow: Q) -> QuerySet[Any]:
    """The offers put forward in the period, each with its figures in minor units; what is won is what the ledger
    granted, the rest what the last day would have given."""
    put = Q(proposed_at__date__range=(asked.first, asked.last))
    found: QuerySet[Any] = Offer.objects.visible_to(actor).filter(narrow, put)
    return found.annotate(
        offered=F("least_minor"), agreed=_where(AGREED, "least_minor"), earned=_where(("earned",), "won_minor"),
        missed=_where(("missed",), "least_minor"),
    )  # fmt: skip


def _where(states: tuple[str, ...], column: str) -> Case:
    return Case(When(state__in=states, then=F(column)), default=Value(0), output_field=BigIntegerField())


def _cells(row: dict[str, Any]) -> list[Cell]:
    amounts = {name: Money(int(row[f"sum_{name}"]), row["currency"]) for name in FIGURES}
    return [
        Cell(amount, {"of": name, "currency": row["currency"]} if amount else {}) for name, amount in amounts.items()
    ]


def _rate(row: dict[str, Any]) -> Decimal | None:
    """Of what was agreed: discount x 365 x 100 / the sum of amount x days gained, at the last paying day."""
    if not row["weights"]:
        return None
    return (Decimal(row["least"]) * YEAR * 100 / Decimal(row["weights"])).quantize(Decimal("0.01"))
