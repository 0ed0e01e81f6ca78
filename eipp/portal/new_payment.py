"""The page on which payments are confirmed: what is paid on each invoice, in which way, and what it costs all in."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.gateways.gateway import Way
from eipp.gateways.offered import offered
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import discount
from eipp.ledger.models import Invoice
from eipp.portal.payment_bundle import Bundle, Row, by_line, key_of, oldest_first, parted, readable, sum_of, to_pay
from eipp.portal.payments import begun, date_or_none, uuid_or_none
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from eipp.web.ways import choices, saved_of, way_of
from workflows.approval import ApprovalRun
from workflows.intent import MOST_INVOICES
from workflows.pay_together import Ask, pay_together
from workflows.planned import FARTHEST
from workflows.price import percents, price_of, quote
from workflows.release import release_refusal
from workflows.saved_method import SavedMethod, usable_by

MOST_BY_LINE = 5  # with so many invoices at most, the page offers their lines


class NewPaymentPage(Page):
    """Confirm once, amounts and payees in the sentence; invoices of several payees or currencies part into bundles."""

    side = "buyer"
    template = "portal/pay.html"
    makes: ClassVar[Mapping[str, str]] = {"pay": "pay", "spread": "spread", "lines": "lines", "review": "review"}

    @cached_property
    def invoices(self) -> list[Invoice]:
        rows = Invoice.objects.visible_to(self.request.actor)
        rows = rows.select_related("supplier", "legal_entity__organisation", "account")
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        if ids := [key for key in map(uuid_or_none, asked.getlist("invoice")[: MOST_INVOICES + 1]) if key]:
            return list(rows.filter(pk__in=ids).order_by("due_date", "pk"))
        if status := "due" if asked.get("due") else "open" if asked.get("open") else "":
            found = rows.search(on=self.today, status=status, currency=asked.get("currency", "")[:3], sort="due_date")
            return [invoice for invoice in found[:MOST_INVOICES] if invoice.free and not invoice.payee_name]
        return []

    @cached_property
    def accounts(self) -> list[CustomerAccount]:
        """Those that money is to be paid on to without an invoice."""
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("legal_entity__organisation")
        return list(rows.filter(pk__in=[key for key in map(uuid_or_none, asked.getlist("account")[:20]) if key]))

    @cached_property
    def groups(self) -> dict[tuple[UUID, str], list[Invoice]]:
        groups = parted(self.invoices)
        for account in self.accounts:
            groups.setdefault((account.legal_entity_id, account.currency), [])
        return groups

    @cached_property
    def texts(self) -> dict[UUID, str]:
        """The amounts as typed, empty for an invoice that is left out, else what is right; a move that reckons puts its
        own here."""
        names = {row.pk: f"amount-{row.pk}" for row in self.invoices}
        return {row.pk: self.typed(names[row.pk]) if names[row.pk] in self.request.POST
                else to_pay(row, on=self.today).text for row in self.invoices}  # fmt: skip

    @cached_property
    def rests(self) -> dict[str, str]:
        """What is to stay on account, by bundle."""
        return {key_of(*group): self.typed(f"on-account-{key_of(*group)}") for group in self.groups}

    @cached_property
    def saved(self) -> list[SavedMethod]:
        return usable_by(self.request.actor, on=self.today)

    def review(self) -> HttpResponse:
        """The same page with what another one chose."""
        return self.shown()

    def spread(self) -> HttpResponse:
        """Each total that was typed over its invoices, what is due first being paid first; the rest on account."""
        kept: list[Invoice] = []
        for group, invoices in self.groups.items():
            key = key_of(*group)
            if not (typed := self.typed(f"total-{key}").replace(",", ".")):
                kept += invoices
                continue
            parts, rest = oldest_first(invoices, Money.parse(typed, group[1]), on=self.today)
            self.texts.update({pk: part.text for pk, part in parts.items()})
            kept += [invoice for invoice in invoices if invoice.pk in parts]
            self.rests[key] = rest.text if rest.minor > 0 else ""
        self.invoices = kept
        self.groups = {group: [row for row in invoices if row in kept] for group, invoices in self.groups.items()}
        return self.shown()

    def lines(self) -> HttpResponse:
        """The amount of each invoice of which lines are ticked: what they come to, at most what is left to pay."""
        ticked = set(self.request.POST.getlist("line"))
        for invoice in self.invoices[:MOST_BY_LINE]:
            chosen = [each.amount.minor for each in by_line(invoice, ticked) if each.ticked]
            if chosen:
                amount = Money(max(0, min(sum(chosen), invoice.free.minor)), invoice.currency)
                self.texts[invoice.pk] = amount.text
        return self.shown()

    def pay(self) -> HttpResponse:
        attempt = uuid_or_none(self.typed("attempt"))
        if attempt is None:
            raise Refusal("attempt_missing", _("The form is out of date: open it again."), status=422)
        self._reckon_for_the_day()
        asks = [self._ask(group, invoices, attempt) for group, invoices in self.groups.items()]
        asks = [ask for ask in asks if ask.shares or ask.on_account]
        if not asks:
            raise Refusal("no_invoices", _("Choose at least one invoice to pay."), status=422)
        payments = begun(pay_together(self.request.actor, asks))
        if len(payments) == 1:
            url = payments[0].checkout_url or reverse("portal:payment", args=[payments[0].pk])
            return HttpResponseRedirect(url)
        return HttpResponseRedirect(f"{reverse('portal:payments')}?{urlencode({'only': _ids(payments)})}")

    def _reckon_for_the_day(self) -> None:
        """Refusal (409) where what is filled in takes a discount off that is another one on the day it is planned for;
        what is right on that day is filled in anew."""
        day = self.planned_for
        other = {
            row.pk: to_pay(row, on=day) for row in self.invoices
            if day and row.discount_terms and self.texts[row.pk] == to_pay(row, on=self.today).text
        }  # fmt: skip
        changed = {pk: amount.text for pk, amount in other.items() if amount.text != self.texts[pk]}
        if changed:
            self.texts.update(changed)
            sentence = _("On that day the discount is another one: the amounts are filled in anew. Look at them.")
            raise Refusal("discount_of_another_day", sentence)

    def _ask(self, group: tuple[UUID, str], invoices: list[Invoice], attempt: UUID) -> Ask:
        key, currency = key_of(*group), group[1]
        payee, value = self._payee(group), self.typed(f"way-{key}") or self.typed("way")
        saved = saved_of(value, self.saved)
        shares = [(invoice, self._amount(invoice)) for invoice in invoices if self.texts[invoice.pk]]
        on_account = {}
        if text := self.rests[key].replace(",", "."):
            on_account = {self._account(group, invoices): Money.parse(text, currency)}
        return Ask(
            shares, Way(saved.gateway, saved.kind) if saved else way_of(value, payee, currency),
            attempt if len(self.groups) == 1 else uuid5(attempt, key), saved, on_account, self.typed(f"price-{key}"),
            self.planned_for,
        )  # fmt: skip

    @cached_property
    def planned_for(self) -> date | None:
        """The later day on which what is saved is to be charged."""
        return date_or_none(self.typed("planned_for"))

    def _account(self, group: tuple[UUID, str], invoices: list[Invoice]) -> CustomerAccount:
        """Whose account keeps the rest: the one that was chosen, else the first that is paid for."""
        found = self._accounts(group, invoices)
        chosen = self.typed(f"account-{key_of(*group)}")
        return next((account for account in found if str(account.pk) == chosen), found[0])

    def _accounts(self, group: tuple[UUID, str], invoices: list[Invoice]) -> list[CustomerAccount]:
        own = {invoice.account_id: invoice.account for invoice in invoices}
        own |= {row.pk: row for row in self.accounts if (row.legal_entity_id, row.currency) == group}
        return list(own.values())

    def _payee(self, group: tuple[UUID, str]) -> LegalEntity:
        rows: list[Invoice | CustomerAccount] = [*self.invoices, *self.accounts]
        return next(row.legal_entity for row in rows if row.legal_entity_id == group[0])

    def _amount(self, invoice: Invoice) -> Money:
        try:
            return Money.parse(self.texts[invoice.pk].replace(",", "."), invoice.currency)
        except Refusal as refusal:
            raise Refusal(refusal.code, f"{invoice.number}: {refusal.sentence}", status=422) from None

    def context(self) -> dict[str, Any]:
        bundles = [self._bundle(group, invoices) for group, invoices in self.groups.items()]
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier")
        return {
            "bundles": bundles, "plannable": bool(self.saved), "planned_for": self.typed("planned_for"),
            "first_day": self.today + timedelta(days=1), "last_day": self.today + timedelta(days=FARTHEST),
            "attempt": uuid_or_none(self.request.POST.get("attempt", "")) or uuid4(),
            "payable": bundles and (len(bundles) > 1 or bundles[0].amount or not bundles[0].rows),
            "pay_label": _label(bundles), "accounts": self.accounts,
            "unpaid": next((bundle.refusal for bundle in bundles if bundle.refusal), None),
            "choosable": [] if bundles else list(rows.order_by("supplier__name", "number")[:20]),
            "crumbs": (Crumb(_("Payments"), reverse("portal:payments")), Crumb(_("Pay"))),
        }  # fmt: skip

    def _bundle(self, group: tuple[UUID, str], invoices: list[Invoice]) -> Bundle:
        actor, key, currency = self.request.actor, key_of(*group), group[1]
        payee, accounts = self._payee(group), self._accounts(group, invoices)
        amount = sum_of(self.texts, invoices, self.rests[key], currency)
        charged = percents(payee)
        prices = {way.method: price_of(payee, way, amount, accounts=accounts, charged=charged)
                  for way in offered(payee, amount, accounts=accounts, on=self.today)} if charged else {}  # fmt: skip
        waiting = ApprovalRun.objects.visible_to(actor).filter(invoice__in=invoices, state="waiting").count()
        approves = waiting if actor.may("approval.decide") else 0
        free = [(invoice, part) for invoice in invoices if (part := readable(self.texts[invoice.pk], currency))]
        ticked = set(self.request.POST.getlist("line"))
        by_lines = len(self.invoices) <= MOST_BY_LINE
        return Bundle(
            key=key, payee=payee, currency=currency, accounts=accounts, amount=amount,
            rows=[
                Row(invoice, self.texts[invoice.pk], discount.offer(invoice, on=self.today),
                    by_line(invoice, ticked) if by_lines else ())
                for invoice in invoices
            ],
            ways=choices(
                payee, currency, chosen=self.typed(f"way-{key}") or self.typed("way"), amount=amount,
                accounts=accounts, on=self.today, prices=prices,
                saved=[row for row in self.saved if row.legal_entity_id == group[0]],
            ),
            quoted=quote(payee, amount, prices, now=clock.now()) if prices else "", approves=approves,
            refusal=None if approves else release_refusal(actor, free), on_account=self.rests[key],
            total_text=self.typed(f"total-{key}"), way_field="way" if len(self.groups) == 1 else f"way-{key}",
        )  # fmt: skip


def _label(bundles: list[Bundle]) -> str:
    """What the one button says."""
    if len(bundles) > 1:
        return _("Make %(count)s payments") % {"count": len(bundles)}
    said = {"amount": str(bundles[0].in_all)} if bundles and not bundles[0].costs and bundles[0].amount else None
    if said and bundles[0].approves:
        return _("Approve and pay %(amount)s") % said
    return _("Pay %(amount)s") % said if said else _("Pay")


def _ids(payments: list[Any]) -> str:
    return ",".join(str(payment.pk) for payment in payments)
