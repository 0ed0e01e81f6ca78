"""Search over all that one sees: invoices, disputes, payments and accounts by number, name or reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.kernel.money import Money
from eipp.ledger.models import Invoice
from eipp.web.destinations import face_of
from eipp.web.pages import Page, address
from eipp.web.pieces import Meaning
from eipp.web.situations import DISPUTE_WORDS, PAYMENT_WORDS
from workflows.dispute import Dispute
from workflows.headline import headlines
from workflows.payment import Payment

MOST = 6
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """One result: what it is, whose, how it stands."""

    title: str
    url: str
    beside: str = ""
    word: Any = ""
    meaning: Meaning = "quiet"
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind; `more_url` opens all of them."""

    title: str
    icon: str
    results: Sequence[Found]
    more_url: str = ""


class SearchPage(Page):
    """At once below the search field where scripts run, as a page where they do not; five queries."""

    template = "web/search.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx:
            return render(request, "web/found.html", self.context())
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        groups = self._groups() if self.wanted else []
        return {"wanted": self.wanted, "groups": [group for group in groups if group.results]}

    @property
    def wanted(self) -> str:
        return self.request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]

    def _groups(self) -> list[Group]:
        return [self._accounts(), self._invoices(), self._disputes(), self._payments()]

    def _invoices(self) -> Group:
        actor, face = self.request.actor, face_of(self.request.actor)
        rows = Invoice.objects.visible_to(actor).select_related("supplier", "buyer", "account")
        found = list(rows.search(on=self.today, text=self.wanted)[:MOST])
        heads = headlines(found, actor, on=self.today) if found else {}
        results = [
            Found(row.number, reverse(f"{face}:invoice", args=[row.pk]), self._other(row), heads[row.pk].sentence,
                  heads[row.pk].tone, row.payable)
            for row in found
        ]  # fmt: skip
        return Group(_("Invoices"), "invoice", results, address(reverse(f"{face}:invoices"), q=self.wanted))

    def _disputes(self) -> Group:
        actor, face = self.request.actor, face_of(self.request.actor)
        rows = Dispute.objects.visible_to(actor).filter(
            Q(number__icontains=self.wanted) | Q(invoice__number_folded__contains=self.wanted.casefold())
        )
        rows = rows.select_related("supplier", "account", "invoice").order_by("-opened_at")
        results = [
            Found(f"{row.number}, {row.get_reason_display()}", reverse(f"{face}:dispute", args=[row.pk]),
                  self._other(row), *DISPUTE_WORDS[row.state], row.amount)
            for row in rows[:MOST]
        ]  # fmt: skip
        return Group(_("Disputes"), "dispute", results)

    def _payments(self) -> Group:
        actor, face = self.request.actor, face_of(self.request.actor)
        rows = (
            Payment.objects.visible_to(actor).filter(number__icontains=self.wanted).select_related("supplier", "buyer")
        )
        results = [
            Found(row.number, reverse(f"{face}:payment", args=[row.pk]),
                  row.supplier.name if actor.side == "buyer" else row.buyer.name, *PAYMENT_WORDS[row.state], row.amount)
            for row in rows.order_by("-submitted_at")[:MOST]
        ]  # fmt: skip
        return Group(_("Payments"), "payment", results)

    def _accounts(self) -> Group:
        """Customers for a supplier; for a buyer its own accounts, which open into their invoices."""
        actor = self.request.actor
        rows = CustomerAccount.objects.visible_to(actor).select_related("supplier").order_by("name", "pk")
        for word in self.wanted.split():
            rows = rows.filter(Q(name__icontains=word) | Q(number__icontains=word))
        buys = actor.side == "buyer"
        results = [
            Found(
                row.name, address(reverse("portal:invoices"), q=row.number) if buys
                else reverse("desk:customer", args=[row.pk]),
                f"{row.number}, {row.supplier.name}" if buys else row.number,
            )
            for row in rows[:MOST]
        ]  # fmt: skip
        return Group(_("Accounts") if buys else _("Customers"), "customers", results)

    def _other(self, row: Any) -> str:
        name: str = row.supplier.name if self.request.actor.side == "buyer" else row.account.name
        return name
