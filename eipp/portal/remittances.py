"""The buyer's remittance advices: the list, one of them, and the page on which one is sent or filled in."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from documents.remittance import table
from documents.rows import MOST_ROWS
from eipp.accounts.models import CustomerAccount
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from eipp.web.remittances import RemittanceList, RemittanceView
from eipp.web.sent_files import sent_files
from workflows import remittance_arrival
from workflows.models import RemittanceAdvice

MOST_FILES = 20
MOST_TEXT = 500_000  # characters of pasted lines


class RemittancesPage(RemittanceList):
    side = "buyer"
    face = "portal"


class RemittancePage(RemittanceView):
    """What the supplier sees of it, as soon as it is read."""

    side = "buyer"
    face = "portal"


class NewRemittancePage(Page):
    """A file, or numbers and amounts; either way the answer is the page that shows what was understood."""

    side = "buyer"
    template = "portal/new_remittance.html"
    makes: ClassVar[Mapping[str, str]] = {"upload": "upload", "fill_in": "fill_in"}

    @cached_property
    def accounts(self) -> Sequence[CustomerAccount]:
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier")
        return list(rows.order_by("supplier__name", "depth", "number")[:500])

    @cached_property
    def account(self) -> CustomerAccount:
        """The account that was chosen; Refusal 422 where none was that the actor sees."""
        chosen = self.typed("account") or self.request.GET.get("account", "")
        for account in self.accounts:
            if str(account.pk) == chosen:
                return account
        raise Refusal("no_account", _("Choose the account that is paid."), status=422, field="account")

    def upload(self) -> HttpResponse:
        account = self.account
        files = sent_files(self.request, purpose="remittance")
        if not files:
            raise Refusal("nothing_sent", _("Choose a file first."), status=422, field="files")
        sent = [
            remittance_arrival.send_file(self.request.actor, file, account=account, comment=self.typed("comment"))
            for file in files[:MOST_FILES]
        ]
        return _to(sent[0]) if len(sent) == 1 else HttpResponseRedirect(reverse("portal:remittances"))

    def fill_in(self) -> HttpResponse:
        account, text = self.account, self.typed("lines")
        if not text:
            raise Refusal("no_lines", _("Name at least one invoice with its amount."), status=422, field="lines")
        if len(text) > MOST_TEXT:
            sentence = _("That are too many lines; send them as a file of at most %(rows)s rows.") % {"rows": MOST_ROWS}
            raise Refusal("too_many_lines", sentence, status=422, field="lines")
        told = table.pasted(text)
        advice = remittance_arrival.send_lines(
            self.request.actor, account, told.lines, reference=self.typed("reference"), paid_on=self._day(),
            amount=self._amount(account.currency), comment=self.typed("comment"), remarks=told.remarks,
            attempt=_uuid(self.typed("attempt")),
        )  # fmt: skip
        return _to(advice)

    def context(self) -> dict[str, Any]:
        asked = self.request.POST.get("account") or self.request.GET.get("account", "")
        return {
            "accounts": self.accounts, "may_send": self.request.actor.may("remittance.send"),
            "chosen": asked or (str(self.accounts[0].pk) if len(self.accounts) == 1 else ""),
            "attempt": self.request.POST.get("attempt") or uuid4(),
            "tried": self.request.POST.get("move", ""), "lines": self.request.POST.get("lines") or self._due(),
            "crumbs": (
                Crumb(_("Payments"), reverse("portal:payments")),
                Crumb(_("Remittance advices"), reverse("portal:remittances")), Crumb(_("New")),
            ),
        }  # fmt: skip

    def _due(self) -> str:
        """Where it is asked for: what is due of the chosen account, a line each, so that nobody types it."""
        if self.request.method == "POST" or not self.request.GET.get("due"):
            return ""
        try:
            account = self.account
        except Refusal:
            return ""
        rows = Invoice.objects.visible_to(self.request.actor)
        rows = rows.search(on=self.today, status="due", account=account, sort="due_date")
        return "\n".join(f"{invoice.number}\t{invoice.free.text}" for invoice in rows[:500] if invoice.free)

    def _day(self) -> date | None:
        text = self.typed("paid_on")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise Refusal("invalid_date", _("Write the day as 2026-11-30."), status=422, field="paid_on") from None

    def _amount(self, currency: str) -> Money | None:
        text = self.typed("amount").replace(",", ".")
        return Money.parse(text, currency) if text else None


def _to(advice: RemittanceAdvice) -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:remittance", args=[advice.pk]))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
