"""Asked: what a report is asked for, read from a URL or a call: a day or a period, and what to narrow it to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from eipp.kernel import clock
from eipp.kernel.refusal import Refusal

EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """first and last: the period, of which a report as of a day needs the last alone; zone: whose days they are."""

    first: date
    last: date
    zone: str
    currency: str = ""
    account: UUID | None = None
    supplier: UUID | None = None

    def narrow(self, *, currency: str = "", account: str = "", supplier: str = "") -> Q:
        """The condition on rows that have `currency`, `account` and `supplier`; what is given beats what was asked."""
        wanted = {
            "currency": currency or self.currency,
            "account": account or self.account,
            "supplier": supplier or self.supplier,
        }
        return Q(**{name: value for name, value in wanted.items() if value})

    def query(self) -> dict[str, str]:
        """The same as parameters of a URL."""
        told = {"from": self.first, "to": self.last, "currency": self.currency, "account": self.account,
                "supplier": self.supplier}  # fmt: skip
        return {name: str(value) for name, value in told.items() if value}


def asked(query: Mapping[str, str], *, zone: str) -> Asked:
    """What a query asks for; the last twelve months up to today when it says nothing.

    Raises Refusal (422): `invalid_date`, `future_day`, `period_backwards`, `too_early`, `invalid_id`.
    """
    today = clock.today(zone)
    last = _day(query, "to") or _day(query, "on") or today
    first = _day(query, "from") or _year_before(last)
    if last > today:
        raise Refusal("future_day", _("%(day)s has not come yet: a report can be had up to today.") % {"day": last},
                      status=422, field="to")  # fmt: skip
    if first > last:
        raise Refusal("period_backwards", _("The period ends on %(last)s, before it begins.") % {"last": last},
                      status=422, field="from")  # fmt: skip
    if first < EARLIEST:
        raise Refusal("too_early", _("A report begins on %(day)s at the earliest.") % {"day": EARLIEST},
                      status=422, field="from")  # fmt: skip
    currency = query.get("currency", "").strip().upper()[:3]
    return Asked(first, last, zone, currency if currency.isalpha() else "", _id(query, "account"),
                 _id(query, "supplier"))  # fmt: skip


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(
            "invalid_date", _("“%(text)s” is not a day: write it as 2026-03-31.") % {"text": text[:40]},
            status=422, field=name,
        ) from None  # fmt: skip


def _id(query: Mapping[str, str], name: str) -> UUID | None:
    text = query.get(name, "").strip()
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Refusal("invalid_id", _("“%(text)s” is no id.") % {"text": text[:40]}, status=422, field=name) from None


def _year_before(last: date) -> date:
    """The first day of the twelve months that end with the month of a day."""
    month = last.replace(day=1)
    return month.replace(year=month.year - 1, month=month.month + 1) if month.month < 12 else month.replace(month=1)
