"""The balances of a statement: what the account owed before and after a period, in one reading."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.account_balance import AccountBalance
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.statement_knowledge import Knowledge

#: What is owed is what stands here: open invoices, less credit and cash that are not used yet.
OWED = (LedgerAccount.RECEIVABLE, LedgerAccount.CREDIT_NOTES, LedgerAccount.UNAPPLIED)


@dataclass(frozen=True, slots=True)
class Balances:
    opening: Money
    closing: Money


def effect(*, among: Any = OWED) -> Any:
    """What a posting adds to what stands in these ledger accounts, in minor units."""
    return _part(target__in=among) - _part(source__in=among)


def balances(
    actor: Actor, account: CustomerAccount, *, first: date, last: date, known: Knowledge
) -> dict[str, Balances]:
    """By currency: kept now, less what was posted since or not known. One query, so that both are of one moment."""
    rows = AccountBalance.objects.visible_to(actor).filter(account=account).annotate(
        since_last=_sum(Posting.objects.filter(known.without(last))),
        since_first=_sum(Posting.objects.filter(known.without(first - timedelta(days=1)))),
    )  # fmt: skip
    found = {}
    for row in rows:
        now = row.receivable_minor - row.credit_minor - row.unapplied_minor
        found[row.currency] = Balances(
            Money(now - row.since_first, row.currency), Money(now - row.since_last, row.currency)
        )
    return found


def _sum(postings: QuerySet[Posting]) -> Any:
    own = postings.filter(account=OuterRef("account"), currency=OuterRef("currency"))
    summed = own.order_by().values("account").annotate(sum=Sum(effect())).values("sum")
    return Coalesce(Subquery(summed), 0, output_field=BigIntegerField())


def _part(**where: Any) -> Any:
    return Case(When(then=F("amount_minor"), **where), default=0, output_field=BigIntegerField())
