"""Summaries: an account summary on a page: every figure with the list that it is the sum of, for both faces."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eipp.kernel.money import Money
from eipp.ledger import balance
from eipp.ledger.balance import Summary
from eipp.web.pages import address
from eipp.web.pieces import Part, Tone

#: bucket of the ageing -> its tone
LATE: dict[str, Tone] = {"1-30": "late-1", "31-60": "late-2", "61-90": "late-3", "90+": "late-4"}


class SummaryFigures:
    """One currency's figures. invoices, payments: addresses of the lists; narrowed: what those are narrowed by."""

    def __init__(self, summary: Summary, *, invoices: str, payments: str, **narrowed: str) -> None:
        self.summary, self.currency = summary, summary.currency
        self.last_payment_url = payments
        self._invoices, self._narrowed = invoices, narrowed

    def url(self, status: str) -> str:
        return address(self._invoices, status=status, currency=self.currency, **self._narrowed)

    @property
    def open_url(self) -> str:
        return self.url("open")

    @property
    def due_url(self) -> str:
        return self.url("due")

    @property
    def past_due_url(self) -> str:
        return self.url("past_due")

    @property
    def due_soon_url(self) -> str:
        return self.url("due_soon")

    @property
    def disputed_url(self) -> str:
        return self.url("disputed")

    @property
    def on_the_way_url(self) -> str:
        return self.url("on_the_way")

    def parts(self) -> tuple[Part, ...]:
        """What is free to pay, by age; it sums to open less what is set apart."""
        rows: list[tuple[str, Money, Tone, str]] = [
            (_("Not yet due"), self.summary.not_yet_due.free, "later", "not_yet_due"),
            (_("Due soon"), self.summary.due_soon.free, "soon", "due_soon"),
            (_("Due today"), self.summary.due_today.free, "soon", "due_today"),
        ]
        for name, parts in self.summary.ageing.items():
            rows.append((_("%(days)s days past due") % {"days": name}, parts.free, LATE[name], f"past_due_{name}"))
        return tuple(Part(word, amount, tone, self.url(status)) for word, amount, tone, status in rows if amount)

    def apart(self) -> tuple[Part, ...]:
        payable = self.summary.payable
        rows: list[tuple[str, Money, Tone, str]] = [
            (_("Disputed"), payable.disputed, "disputed", "disputed"),
            (_("On the way"), payable.pending, "moving", "on_the_way"),
            (_("Planned"), payable.planned, "promised", "planned"),
        ]
        return tuple(Part(word, amount, tone, self.url(status)) for word, amount, tone, status in rows if amount)

    @property
    def announced_url(self) -> str:
        return self.url("announced")

    @property
    def late_fees_url(self) -> str:
        return self.url("late_fees")

    @property
    def promised_url(self) -> str:
        return self.url("promised")

    def count(self, parts: balance.DueParts) -> str:
        return ngettext("%(count)d invoice", "%(count)d invoices", parts.count) % {"count": parts.count}

    @property
    def past_due_count(self) -> str:
        return self.count(self.summary.past_due)

    @property
    def due_soon_count(self) -> str:
        return self.count(self.summary.due_soon)
