"""The report of disputes: by reason, the weightiest first, with how they ended and how long that took."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from documents.written import day_text
from eipp.analytics.asked import Asked
from eipp.analytics.disputes import Reason, by_reason, cumulated, rows_of
from eipp.analytics.report import Block, Cell, Chart, Column, Report, Rows, Series
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from workflows.disputable import LIVE
from workflows.dispute import REASONS, WITH_BUYER, WITH_SUPPLIER, Dispute

#: Which of the disputes a figure counts -> their states; None for all.
OF: dict[str, tuple[str, ...] | None] = {
    "all": None, "answered": ("accepted", "declined"), "accepted": ("accepted", "declined"),
    "supplier": WITH_SUPPLIER, "buyer": WITH_BUYER,
}  # fmt: skip


def report(actor: Actor, asked: Asked) -> Report:
    """The disputes opened in the period."""
    reasons = by_reason(actor, first=asked.first, last=asked.last, zone=asked.zone, narrow=asked.narrow())
    currencies = sorted({reason.currency for reason in reasons})
    blocks = [_block([reason for reason in reasons if reason.currency == currency]) for currency in currencies]
    span = _("Opened from %(first)s to %(last)s") % {"first": day_text(asked.first), "last": day_text(asked.last)}
    return Report(
        _("Disputes"), span, blocks,
        [_("Granted: the part of what was answered that was credited. Days: from opening to the answer; half of the "
           "disputes took no longer. What was withdrawn counts among all, but not as answered.")],
    )  # fmt: skip


def rows(actor: Actor, asked: Asked, which: Mapping[str, str]) -> Rows:
    """The disputes of one figure: `of` (a key of OF), narrowed to `reason` and `currency`. KeyError for another."""
    states, currency = OF[which["of"]], which.get("currency", asked.currency)
    narrow = asked.narrow(currency=currency)
    found = rows_of(actor, first=asked.first, last=asked.last, zone=asked.zone, narrow=narrow)
    if states is not None:
        found = found.filter(state__in=states)
    if which.get("reason"):
        found = found.filter(reason=which["reason"])
    disputes = list(found.select_related("account", "invoice"))
    columns = (
        Column(_("Dispute"), lead=True), Column(_("Customer")), Column(_("Reason")), Column(_("Opened"), "date"),
        Column(_("Amount"), "money"), Column(_("Granted"), "money"),
    )  # fmt: skip
    granted = which["of"] == "accepted"
    amounts = [row.accepted if granted else row.amount for row in disputes]
    title = _("Disputes opened from %(first)s to %(last)s") % {
        "first": day_text(asked.first), "last": day_text(asked.last),
    }  # fmt: skip
    return Rows(title, columns, [_line(row) for row in disputes], total(amounts, currency) if currency else None,
                len(disputes))  # fmt: skip


def _line(row: Dispute) -> list[Cell]:
    return [
        Cell(row.number, opens=("dispute", str(row.pk))), Cell(row.account.name), Cell(REASONS[row.reason]),
        Cell(row.opened_at.date()), Cell(row.amount), Cell(None if row.state in LIVE else row.accepted),
    ]  # fmt: skip


def _block(reasons: Sequence[Reason]) -> Block:
    currency = reasons[0].currency
    columns = (
        Column(_("Reason"), lead=True), Column(_("Number"), "count"), Column(_("Amount"), "money"),
        Column(_("With the supplier"), "count"), Column(_("With the buyer"), "count"), Column(_("Answered"), "money"),
        Column(_("Credited"), "money"), Column(_("Granted"), "percent"), Column(_("Days"), "days"),
    )  # fmt: skip
    lines = [[Cell(reason.title), *_figures(reason)] for reason in reasons]
    return Block(
        _("In %(currency)s") % {"currency": currency},
        columns,
        lines,
        [Cell(_("All")), *_figures(_all(reasons), whole=True)],
        [_chart(reasons)],
    )


def _figures(reason: Reason, *, whole: bool = False) -> list[Cell]:
    asked = {"currency": reason.currency} | ({} if whole else {"reason": reason.code})
    counted = (
        (reason.count, "all"), (reason.amount, "all"), (reason.with_supplier, "supplier"), (reason.with_buyer, "buyer"),
        (reason.answered, "answered"), (reason.accepted, "accepted"),
    )  # fmt: skip
    cells = [Cell(value, asked | {"of": of} if value else {}) for value, of in counted]
    return [*cells, Cell(reason.accepted_percent), Cell(reason.median_days)]


def _all(reasons: Sequence[Reason]) -> Reason:
    """All reasons of a currency as one."""
    zero = Money.zero(reasons[0].currency)
    whole = Reason("other", zero.currency, 0, zero, zero, zero)
    for reason in reasons:
        whole.count += reason.count
        whole.amount += reason.amount
        whole.accepted += reason.accepted
        whole.answered += reason.answered
        whole.with_supplier += reason.with_supplier
        whole.with_buyer += reason.with_buyer
        whole.days += reason.days
    return whole


def _chart(reasons: Sequence[Reason]) -> Chart:
    shares: list[Decimal] = cumulated(reasons)
    title = _("Disputed by reason in %(currency)s") % {"currency": reasons[0].currency}
    return Chart(
        "pareto", title, _("Amounts by reason, the largest first; the line adds them up in percent of the whole."),
        [reason.title for reason in reasons],
        [Series(_("Amount"), [reason.amount.amount for reason in reasons], "disputed"), Series(_("Share"), shares)],
        reasons[0].currency,
    )  # fmt: skip
