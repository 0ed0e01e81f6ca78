"""Customers: accounts with what each has open, past due and in dispute; and one of them with all that belongs to it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Case, Exists, OuterRef, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.address import address_lines
from eipp.accounts.models import CustomerAccount
from eipp.desk.standings import standings, totals
from eipp.ledger import balance
from eipp.ledger.models import AccountBalance, CashReceipt, DueBalance, Invoice
from eipp.web.address_book import AddressBook
from eipp.web.pages import ListPage, address
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb
from eipp.web.situations import DISPUTE_WORDS
from eipp.web.summaries import SummaryFigures
from messaging.topics import topic
from workflows.autopay import Autopay
from workflows.dispute import LIVE, Dispute
from workflows.headline import headlines

CHIPS: dict[str, Any] = {
    "": words("All"), "open": words("Open"), "past_due": words("Past due"), "disputed": words("In dispute"),
    "unconnected": words("Not signed up"),
}  # fmt: skip
MOST = 10


class CustomersPage(ListPage):
    """Figures from kept balances alone, so that they cost the same whatever the number of invoices."""

    side = "supplier"
    template = "desk/customers.html"
    orders: ClassVar[Mapping[str, str]] = {"name": "name", "number": "number"}

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = self._rows()
        found = self.page_of(rows.select_related("buyer", "parent"))
        return {
            **found, "chips": CHIPS.items(), "sums": totals(actor, rows, on=self.today),
            "lines": standings(actor, found["rows"], on=self.today),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _rows(self) -> Any:
        actor = self.request.actor
        rows = CustomerAccount.objects.visible_to(actor)
        for word in self.asked("q").split():
            rows = rows.filter(Q(name__icontains=word) | Q(number__icontains=word))
        kept = AccountBalance.objects.visible_to(actor).filter(account=OuterRef("pk"))
        due = DueBalance.objects.visible_to(actor).filter(account=OuterRef("pk"), open_minor__gt=0)
        match self.asked("status", among=CHIPS):
            case "open":
                rows = rows.filter(Exists(kept.filter(receivable_minor__gt=0)))
            case "past_due":
                rows = rows.filter(Exists(due.filter(due_date__lt=self.today)))
            case "disputed":
                rows = rows.filter(Exists(kept.filter(disputed_minor__gt=0)))
            case "unconnected":
                rows = rows.filter(buyer=None)
        return rows


class CustomerPage(AddressBook):
    """One account: what it owes and what that is made of, whom to call, its terms, what is open and in question."""

    side = "supplier"
    template = "desk/customer.html"

    @cached_property
    def account(self) -> CustomerAccount:
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("buyer", "parent", "legal_entity")
        found: CustomerAccount = self.found(rows, self.kwargs["pk"])
        return found

    def context(self) -> dict[str, Any]:
        actor, account = self.request.actor, self.account
        invoices, payments = reverse("desk:invoices"), reverse("desk:payments")
        sums = balance.summary(actor, [account.pk], on=self.today)
        sums.sort(key=lambda each: each.currency != account.currency)
        return {
            **self.book([account]),
            "account": account, "contact": self._contact(), "terms": self._terms(sums), "lines": self._open_invoices(),
            "currencies": [
                SummaryFigures(each, invoices=invoices, payments=payments, account=str(account.pk)) for each in sums
            ],
            "disputes": self._disputes(), "receipts": self._receipts(), "branches": self._branches(),
            "invoices_url": address(invoices, account=str(account.pk)), "today": self.today,
            "crumbs": (Crumb(_("Customers"), reverse("desk:customers")), Crumb(account.name)),
            "live_topics": (topic("account", account.pk),),
        }  # fmt: skip

    def _contact(self) -> Sequence[Fact]:
        account = self.account
        facts = [Fact(_("Phone"), account.phone), Fact(_("E-mail"), account.email)]
        facts += [Fact(_("Address"), ", ".join(address_lines(account.address)))]
        portal = account.buyer.name if account.buyer else _("nobody has signed up yet")
        if not account.portal_enabled:
            portal = _("off") if account.buyer is None else _("off for %(name)s") % {"name": account.buyer.name}
        where = reverse("desk:portal-access", args=[account.pk])
        return [fact for fact in facts if fact.value] + [Fact(_("Portal"), portal, url=where)]

    def _terms(self, sums: Sequence[balance.Summary]) -> Sequence[Fact]:
        account = self.account
        facts = [
            Fact(_("Customer number"), account.number), Fact(_("Payee"), account.legal_entity.name),
            Fact(_("Terms"), _("%(days)s days") % {"days": account.terms_days}),
            *([Fact(_("Early payment"), account.discount_terms)] if account.discount_terms else []),
            Fact(_("Currency"), account.currency), *self._autopay(),
        ]  # fmt: skip
        if account.credit_limit is None:
            return facts
        used = next((each.balance for each in sums if each.currency == account.currency), None)
        left = account.credit_limit - used if used is not None else account.credit_limit
        return [*facts, Fact(_("Credit limit"), account.credit_limit), Fact(_("Left of it"), left)]

    def _autopay(self) -> list[Fact]:
        """Whether it pays by itself: by an order of its own, or one over all accounts with the payee."""
        rows = Autopay.objects.visible_to(self.request.actor).filter(buyer=self.account.buyer_id, state="active")
        rows = rows.filter(Q(account=None) | Q(account=self.account), legal_entity=self.account.legal_entity_id)
        order = rows.first() if self.account.buyer_id else None
        return [Fact(_("Autopay"), order.number, url=reverse("desk:autopay", args=[order.pk]))] if order else []

    def _open_invoices(self) -> list[tuple[Invoice, Any]]:
        """The open ones that are due first."""
        actor = self.request.actor
        rows = Invoice.objects.visible_to(actor).select_related("supplier", "buyer", "account")
        found = list(rows.search(on=self.today, status="open", account=self.account.pk, sort="due_date")[:MOST])
        heads = headlines(found, actor, on=self.today)
        return [(row, heads[row.pk]) for row in found]

    def _disputes(self) -> list[tuple[Any, ...]]:
        rows = Dispute.objects.visible_to(self.request.actor).filter(account=self.account, state__in=LIVE)
        found = rows.select_related("invoice").order_by("-amount_minor")[:MOST]
        return [(row, *DISPUTE_WORDS[row.state]) for row in found]

    def _receipts(self) -> list[CashReceipt]:
        """The latest; those of which something is not applied come first."""
        rows = CashReceipt.objects.visible_to(self.request.actor).filter(account=self.account, reversed_at=None)
        applied = Case(When(unapplied_minor__gt=0, then=0), default=1)
        return list(rows.order_by(applied, "-received_on", "-id")[:MOST])

    def _branches(self) -> list[CustomerAccount]:
        rows = CustomerAccount.objects.visible_to(self.request.actor).filter(parent=self.account)
        return list(rows.order_by("name")[:20])
