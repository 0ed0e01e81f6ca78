"""The catalogue of reports: each with the question that it answers, for whom it is, and what makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eipp.analytics import (
    ageing_report,
    collections_report,
    discounts_report,
    disputes_report,
    settlement_report,
    spend_report,
    verification_report,
)
from eipp.analytics.asked import Asked
from eipp.analytics.report import Report, Rows
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Definition:
    """span: `day` (as of one), `year` (the twelve months up to a day) or `period`; sides: who may ask for it."""

    name: str
    title: str | Promise
    question: str | Promise
    span: str
    sides: tuple[str, ...]
    make: Callable[[Actor, Asked], Report]
    rows: Callable[[Actor, Asked, Mapping[str, str]], Rows]


REPORTS = {
    each.name: each
    for each in (
        Definition(
            "ageing", _("Ageing"), _("Who owes what, and for how long is it past due?"), "day",
            ("supplier", "buyer"), ageing_report.report, ageing_report.rows,
        ),
        Definition(
            "collections", _("Collections"), _("How long is our money out, and how much comes that could come?"),
            "year",
            ("supplier",), collections_report.report, collections_report.rows,
        ),
        Definition(
            "disputes", _("Disputes"), _("Why are invoices disputed, who was right, and how long does it take?"),
            "period", ("supplier", "buyer"), disputes_report.report, disputes_report.rows,
        ),
        Definition(
            "spend", _("Spend"), _("What did each supplier invoice, month by month?"), "period",
            ("buyer",), spend_report.report, spend_report.rows,
        ),
        Definition(
            "discounts", _("Early-payment discounts"), _("What could be saved by paying early, and what was?"),
            "period", ("supplier", "buyer"), discounts_report.report, discounts_report.rows,
        ),
        Definition(
            "settlement", _("Settlement"), _("Does what the payment providers hold for us stand in our books?"),
            "period", ("supplier",), settlement_report.report, settlement_report.rows,
        ),
        Definition(
            "nightly_check", _("Nightly check"), _("Are the books as right as they were when each row was written?"),
            "period", ("supplier",), verification_report.report, verification_report.rows,
        ),
    )
}  # fmt: skip


def reports_of(side: str) -> list[str]:
    """The names of a side's reports."""
    return [each.name for each in REPORTS.values() if side in each.sides]


def reports_for(actor: Actor) -> list[Definition]:
    """What this actor may ask for."""
    if not actor.may("report.view"):
        return []
    return [each for each in REPORTS.values() if actor.side in each.sides]


def definition(actor: Actor, name: str) -> Definition:
    """The report of that name. Raises Refusal (404, `unknown_report`) where the actor has none so called."""
    for each in reports_for(actor):
        if each.name == name:
            return each
    raise Refusal("unknown_report", "There is no report of that name.", status=404)


def rows(actor: Actor, name: str, asked: Asked, which: Mapping[str, str]) -> Rows:
    """What one figure is the sum of. Raises Refusal (422, `unknown_figure`)."""
    try:
        return definition(actor, name).rows(actor, asked, which)
    except KeyError:
        raise Refusal("unknown_figure", "This report has no such figure.", status=422) from None
