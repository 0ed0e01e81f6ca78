"""The report of early-payment discounts: what could be had on a period's invoices, what was won and what was lost."""

from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from documents.written import day_text
from eipp.analytics import offers
from eipp.analytics.asked import Asked
from eipp.analytics.report import MOST_ROWS, Block, Cell, Column, Report, Rows
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.models import Invoice

FIGURES = ("best", "won", "lost", "left")


def report(actor: Actor, asked: Asked) -> Report:
    """By currency and by the other side: customers for a supplier, suppliers for a buyer. Two queries."""
    found = _measured(actor, asked, asked.narrow())
    other = "supplier" if actor.side == "buyer" else "account"
    grouped = (
        found.order_by()
        .values("currency", other, f"{other}__name")
        .annotate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    )
    rows = sorted(grouped, key=lambda row: (row["currency"], -int(row["sum_best"]), row[f"{other}__name"]))
    span = _("%(first)s to %(last)s") % {"first": day_text(asked.first), "last": day_text(asked.last)}
    blocks = [
        _block(currency, other, [row for row in rows if row["currency"] == currency])
        for currency in sorted({row["currency"] for row in rows})
    ]
    notes = [
        _("Invoices of the period that let less be paid early. Of several steps the best one counts; what is credited "
          "gives no discount."),
        _("Early payment by agreement: offers put forward in the period, at what their last paying day gives; won is "
          "what was granted."),
    ]  # fmt: skip
    return Report(_("Early-payment discounts"), span, [*blocks, *offers.blocks(actor, asked)], notes)


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """The invoices of one figure: `of` is `best`, `won`, `lost` or `left` (or one of `offers.FIGURES`), narrowed to
    `supplier` or `account`."""
    name = which["of"]
    if name in offers.FIGURES:
        return offers.rows(actor, asked, which)
    if name not in FIGURES:
        raise KeyError(name)
    currency = which.get("currency", asked.currency)
    narrow = asked.narrow(currency=currency, supplier=which.get("supplier", ""), account=which.get("account", ""))
    found = _measured(actor, asked, narrow).filter(**{f"{name}__gt": 0}).order_by("-issue_date", "-id")
    lines = [
        [Cell(row.number, opens=("invoice", str(row.pk))), Cell(row.issue_date), Cell(row.discount_ends_on),
         Cell(Money(getattr(row, name), row.currency))]
        for row in found[:MOST_ROWS]
    ]  # fmt: skip
    columns = (
        Column(_("Number"), lead=True), Column(_("Issued"), "date"), Column(_("Last day"), "date"),
        Column(_("Discount"), "money"),
    )  # fmt: skip
    whole = found.order_by().aggregate(sum=Sum(name))["sum"]
    sums = Money(int(whole or 0), currency) if currency else None
    return Rows(_("Invoices with early-payment discount"), columns, lines, sums, found.count())


def _measured(actor: Actor, asked: Asked, narrow: Q) -> QuerySet[Any]:
    """The invoices with terms, each with its figures in minor units as of the last day asked for or today's state."""
    rows = Invoice.objects.visible_to(actor).filter(
        narrow, discount_ends_on__isnull=False, withdrawn_at=None, issue_date__range=(asked.first, asked.last)
    )
    rest = Greatest(F("discount_best_minor") - F("discounted_minor"), Value(0), output_field=BigIntegerField())
    open_to = Q(open_minor__gt=0, discount_ends_on__gte=asked.last)
    found: QuerySet[Any] = rows.annotate(
        best=F("discount_best_minor"), won=F("discounted_minor"),
        lost=Case(When(open_to, then=Value(0)), default=rest, output_field=BigIntegerField()),
        left=Case(When(open_to, then=rest), default=Value(0), output_field=BigIntegerField()),
    )  # fmt: skip
    return found


def _block(currency: str, other: str, found: list[Any]) -> Block:
    columns = (
        Column(_("Supplier") if other == "supplier" else _("Customer"), lead=True), Column(_("Could be had"), "money"),
        Column(_("Won"), "money"), Column(_("Lost"), "money"), Column(_("Still to be had"), "money"),
    )  # fmt: skip
    lines = [
        [Cell(row[f"{other}__name"]), *_cells(currency, [row], **{other: str(row[other])})] for row in found
    ]  # fmt: skip
    total = [Cell(_("In %(currency)s") % {"currency": currency}), *_cells(currency, found)]
    return Block(_("Discounts in %(currency)s") % {"currency": currency}, columns, lines, total)


def _cells(currency: str, found: list[Any], **asked: str) -> list[Cell]:
    amounts = {name: Money(sum(int(row[f"sum_{name}"]) for row in found), currency) for name in FIGURES}
    return [
        Cell(amount, {"of": name, "currency": currency, **asked} if amount else {}) for name, amount in amounts.items()
    ]
