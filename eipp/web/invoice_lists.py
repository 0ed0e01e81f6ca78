"""Lists of invoices: filters as chips, search, sorting by head, totals of the filter in the foot, for both faces."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents.sheet import Cell, Table
from eipp.kernel.money import CURRENCIES
from eipp.ledger.discount import offer
from eipp.ledger.invoice_list import AGES, STATUSES
from eipp.ledger.models import Invoice
from eipp.ledger.totals import list_totals
from eipp.web.exports import ExportedList
from workflows.headline import headlines

CHIPS: dict[str, Any] = {
    "": words("All"), "open": words("Open"), "due": words("Due"), "past_due": words("Past due"),
    "due_soon": words("Due soon"), "disputed": words("In dispute"), "on_the_way": words("On the way"),
    "paid": words("Paid"),
}  # fmt: skip
#: What only a figure leads to: shown as a chip while it is chosen.
OPENED: dict[str, Any] = {
    "due_today": words("Due today"), "not_yet_due": words("Not yet due"), "planned": words("Planned"),
    "late_fees": words("Late fees"), "invoices": words("Invoices without late fees"),
    "announced": words("Announced"), "promised": words("Promised"),
    **{f"past_due_{days}": words("%(days)s days past due") % {"days": days} for days in AGES},
}  # fmt: skip


def chips(status: str) -> dict[str, Any]:
    """The chips above a list, with the one that is chosen."""
    return CHIPS | ({status: OPENED[status]} if status in OPENED else {})


class InvoiceList(ExportedList):
    """The rows of an invoice list with their headlines: a constant number of queries."""

    orders: ClassVar[Mapping[str, str]] = {
        "-issue_date": "-issue_date", "issue_date": "issue_date", "due_date": "due_date", "number": "number_folded",
        "amount": "payable_minor", "open": "open_minor",
    }  # fmt: skip

    def filters(self) -> dict[str, Any]:
        """What the URL asks for, as `Invoice.objects.search` takes it."""
        return {
            "status": self.asked("status", among=STATUSES, otherwise="all"), "text": self.asked("q"),
            "currency": self.asked("currency", among=dict.fromkeys(CURRENCIES)),
        }  # fmt: skip

    def listed(self, rows: QuerySet[Invoice], **more: Any) -> dict[str, Any]:
        """The page's rows, the totals of all that the filter finds, and the chips."""
        actor, on = self.request.actor, self.today
        filters = {**self.filters(), **more}
        found = self.page_of(rows.search(on=on, **filters))  # type: ignore[attr-defined]
        heads = headlines(found["rows"], actor, on=on)
        return {
            **found, "lines": [(row, heads[row.pk], offer(row, on=on)) for row in found["rows"]],
            "sums": list_totals(actor, on=on, **filters), "chips": chips(filters["status"]).items(),
            "status": filters["status"], "today": on,
        }  # fmt: skip

    def export(self) -> Table:
        """All that the filters find, in the list's order."""
        actor, on = self.request.actor, self.today
        rows = Invoice.objects.visible_to(actor).select_related("supplier", "account")
        head = [
            _("Number"), _("Supplier"), _("Account"), _("Customer"), _("Issued"), _("Due"), _("State"), _("Currency"),
            _("Total"), _("Open"), _("In dispute"), _("On the way"), _("Your order"), _("Your reference"),
        ]  # fmt: skip

        def cells(row: Invoice) -> list[Cell]:
            return [
                row.number, row.supplier.name, row.account.number, row.account.name, row.issue_date, row.due_date,
                ", ".join(row.standing(on)), row.currency, row.payable, row.open, row.disputed, row.pending,
                row.order_reference, row.buyer_reference,
            ]  # fmt: skip

        return self.exported(_("Invoices"), head, rows.search(on=on, **self.filters()), cells)
