"""The buyer's standing orders: set up after one has said again who one is, let go on, ended."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.web.autopays import AutopayList, AutopayView
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from eipp.web.sign_in.dress import needs_proof, way_to_prove
from workflows import autopay
from workflows.autopay import Autopay
from workflows.saved_method import SavedMethod, usable_by

CAPS = ("cap", "month_cap", "invoice_cap")


class AutopaysPage(AutopayList):
    side = "buyer"
    face = "portal"

    def context(self) -> dict[str, Any]:
        may = self.request.actor.may("payment.make")
        return {**super().context(), "new_url": reverse("portal:new-autopay") if may else ""}


class AutopayPage(AutopayView):
    """Letting it go on, and ending it."""

    side = "buyer"
    face = "portal"
    makes: ClassVar[Mapping[str, str]] = {"resume": "resume", "end": "end"}

    def make(self) -> str | HttpResponse:
        if self.order and self.typed("move") == "resume" and needs_proof(self.request):  # 404 comes first
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    def resume(self) -> str:
        self.order.resume(self.request.actor)
        return _("It pays again from today on.")

    def end(self) -> str:
        self.order.end(self.request.actor)
        return _("It is ended. What is planned already stands under your payments, where you can skip it.")


class NewAutopayPage(Page):
    """What it pays, when, with what and up to how much; an open browser is not enough to set it up."""

    side = "buyer"
    template = "portal/new_autopay.html"
    makes: ClassVar[Mapping[str, str]] = {"set_up": "set_up"}

    def make(self) -> str | HttpResponse:
        if needs_proof(self.request):
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    @property
    def saved(self) -> list[SavedMethod]:
        return usable_by(self.request.actor, on=self.today)

    @property
    def accounts(self) -> list[CustomerAccount]:
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier", "legal_entity")
        return list(rows.order_by("supplier__name", "number")[:200])

    def set_up(self) -> HttpResponse:
        saved = next((row for row in self.saved if str(row.pk) == self.typed("saved")), None)
        if saved is None:
            raise Refusal("no_method", _("Choose the card or account that pays."), status=422, field="saved")
        account = self._account(saved)
        currency = account.currency if account else self.typed("currency").upper()[:3]
        order = autopay.set_up(
            self.request.actor, saved, currency=currency, account=account, timing=self.typed("timing"),
            days=self._number("days") if self.typed("timing") in ("before", "monthly") else 0,
            notice_days=self._number("notice_days"), caps={name: self._amount(name, currency) for name in CAPS},
            only_approved=bool(self.typed("only_approved")), attempt=_uuid(self.typed("attempt")),
        )  # fmt: skip
        return HttpResponseRedirect(reverse("portal:autopay", args=[order.pk]))

    def _account(self, saved: SavedMethod) -> CustomerAccount | None:
        chosen = self.typed("account")
        if not chosen:
            return None
        found = next((row for row in self.accounts if str(row.pk) == chosen), None)
        if found is None or found.supplier_id != saved.legal_entity.organisation_id:
            raise Refusal("wrong_account", _("Choose an account with this payee."), status=422, field="account")
        return found

    def _number(self, name: str) -> int:
        text = self.typed(name) or "0"
        if not text.isascii() or not text.isdecimal() or len(text) > 3:
            raise Refusal("wrong_days", _("Write a number of days."), status=422, field=name)
        return int(text)

    def _amount(self, name: str, currency: str) -> Money | None:
        text = self.typed(name).replace(",", ".")
        return Money.parse(text, currency) if text else None

    def context(self) -> dict[str, Any]:
        accounts = self.accounts
        return {
            "saved": self.saved, "accounts": accounts, "timings": Autopay.Timing.choices,
            "currencies": sorted({account.currency for account in accounts}),
            "may_set_up": self.request.actor.may("payment.make"),
            "attempt": self.request.POST.get("attempt") or uuid4(),
            "proof": way_to_prove(self.request) if needs_proof(self.request) else "",
            "crumbs": (Crumb(_("Payments"), reverse("portal:payments")),
                       Crumb(_("Autopay"), reverse("portal:autopays")), Crumb(_("New"))),
        }  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
