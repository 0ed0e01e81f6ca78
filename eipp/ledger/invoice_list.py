"""Lists of invoices: one table of statuses, one of sort keys, and the search that every face uses."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from eipp.kernel.money import Money
from eipp.kernel.tenancy import ScopedQuerySet
from eipp.ledger.document import fold

SOON = 7  # days: what falls due within them, after today, is due soon

_OPEN = Q(open_minor__gt=0)

#: Days past due by the buckets of the ageing: from, to; the last has no end.
AGES: dict[str, tuple[int, int | None]] = {"1-30": (1, 30), "31-60": (31, 60), "61-90": (61, 90), "90+": (91, None)}


def _aged(first: int, last: int | None) -> Callable[[date], Q]:
    def rows(on: date) -> Q:
        begin = Q(due_date__gte=on - timedelta(days=last)) if last else Q()
        return begin & Q(due_date__lte=on - timedelta(days=first))

    return rows


#: What is open, by its due date. `due` is all that is due by the day, `past_due` what was due before it, which its
#: buckets (`past_due_1-30`, ...) part; `due_soon` falls due within the next 7 days, `not_yet_due` later: these two,
#: `past_due` and `due_today` make `open`.
BY_DUE_DATE: dict[str, Callable[[date], Q]] = {
    "open": lambda on: Q(),
    "due": lambda on: Q(due_date__lte=on),
    "past_due": lambda on: Q(due_date__lt=on),
    "due_today": lambda on: Q(due_date=on),
    "due_soon": lambda on: Q(due_date__gt=on, due_date__lte=on + timedelta(days=SOON)),
    "not_yet_due": lambda on: Q(due_date__gt=on + timedelta(days=SOON)),
    **{f"past_due_{bucket}": _aged(*ages) for bucket, ages in AGES.items()},
}


def _open(due: Callable[[date], Q]) -> Callable[[date], Q]:
    """Open and due so; of an invoice with several due dates, any that is open counts."""

    def rows(on: date) -> Q:
        if not (when := due(on)):
            return _OPEN
        of_several = apps.get_model("ledger", "Instalment").objects.filter(when, _OPEN).order_by()
        return _OPEN & (Q(due_count=1) & when | Q(pk__in=of_several.values("invoice")))

    return rows


#: status -> which invoices on a day.
STATUSES: dict[str, Callable[[date], Q]] = {
    "all": lambda on: Q(),
    **{status: _open(due) for status, due in BY_DUE_DATE.items()},
    "invoices": lambda on: _OPEN & ~Q(kind="finance_charge"),
    "late_fees": lambda on: _OPEN & Q(kind="finance_charge"),
    "disputed": lambda on: Q(disputed_minor__gt=0),
    "on_the_way": lambda on: Q(pending_minor__gt=0),
    "planned": lambda on: Q(planned_minor__gt=0),
    "announced": lambda on: Q(announced_minor__gt=0, open_minor__gt=F("held_minor")),
    "promised": lambda on: Q(promised_minor__gt=0, open_minor__gt=F("held_minor") + F("announced_minor")),
    "part_paid": lambda on: _OPEN & Q(paid_minor__gt=0),
    "paid": lambda on: Q(open_minor=0),
    "withdrawn": lambda on: Q(withdrawn_at__isnull=False),
}

#: sort key -> the columns to order by, the last one unique, so that a page can begin after any row.
SORTS: dict[str, tuple[str, ...]] = {
    key: columns
    for name, column in {
        "issue_date": "issue_date",
        "due_date": "due_date",
        "number": "number_folded",
        "amount": "payable_minor",
        "open": "open_minor",
    }.items()
    for key, columns in ((name, (column, "id")), (f"-{name}", (f"-{column}", "-id")))
}


class InvoiceQuerySet(ScopedQuerySet):
    """Invoices, narrowed by what people look for."""

    def search(
        self,
        *,
        on: date,
        status: str = "all",
        text: str = "",
        currency: str = "",
        account: Any = None,
        supplier: Any = None,
        legal_entity: Any = None,
        due_from: date | None = None,
        due_to: date | None = None,
        issued_from: date | None = None,
        issued_to: date | None = None,
        least: Money | None = None,
        most: Money | None = None,
        sort: str = "-issue_date",
    ) -> Self:
        """The invoices that match all that is given; `on` is the day for which due and past due are meant.

        status and sort: keys of STATUSES and SORTS (KeyError otherwise: faces offer only these); text: found in the
        number, the references and the account's name and number, without regard to case; account, supplier,
        legal_entity: the row or its id; least, most: bounds of the invoice's amount.
        """
        bounds: dict[str, Any] = {
            "currency": currency or None,
            "account": account,
            "supplier": supplier,
            "legal_entity": legal_entity,
            "due_date__gte": due_from,
            "due_date__lte": due_to,
            "issue_date__gte": issued_from,
            "issue_date__lte": issued_to,
        }
        found = self.filter(STATUSES[status](on), **{key: value for key, value in bounds.items() if value is not None})
        if least is not None:
            found = found.filter(currency=least.currency, payable_minor__gte=least.minor)
        if most is not None:
            found = found.filter(currency=most.currency, payable_minor__lte=most.minor)
        for word in fold(text).split():
            found = found.filter(search_text__contains=word)
        return found.order_by(*SORTS[sort])


InvoiceManager = models.Manager.from_queryset(InvoiceQuerySet)
