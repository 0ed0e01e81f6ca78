"""Paste or drop invoice numbers and amounts: each is looked at before anything is paid, its fault named by row."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from documents import payment_sheet
from documents.payment_sheet import PaymentRow
from eipp.kernel.money import total
from eipp.kernel.refusal import Refusal
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from workflows.payment_rows import judge

MOST_TEXT = 60_000  # characters


class PastedPaymentPage(Page):
    """A text or a file in; the rows with what they come to out, from where they are paid."""

    side = "buyer"
    template = "portal/paste.html"
    makes: ClassVar[Mapping[str, str]] = {"paste": "paste", "file": "file"}

    def paste(self) -> HttpResponse:
        text = self.request.POST.get("rows", "").replace("\0", "")
        if len(text) > MOST_TEXT:
            raise Refusal("too_many_rows", _("That is too much text: send it as a file."), status=422, field="rows")
        return self._judged(payment_sheet.pasted(text))

    def file(self) -> HttpResponse:
        files = [sent for sent in self.request.FILES.getlist("files") if sent.size]
        if len(files) != 1:
            raise Refusal("nothing_sent", _("Choose one file (CSV or XLSX)."), status=422, field="files")
        return self._judged(payment_sheet.read(files[0].read(payment_sheet.LARGEST + 1)))

    def _judged(self, rows: Sequence[PaymentRow]) -> HttpResponse:
        judged = judge(self.request.actor, rows, on=self.today)
        right = [row for row in judged if not row.fault]
        sums = [total([row.amount for row in right if row.amount and row.amount.currency == currency], currency)
                for currency in sorted({row.amount.currency for row in right if row.amount})]  # fmt: skip
        return self.shown(judged=judged, right=right, faulty=len(judged) - len(right), sums=sums)

    def context(self) -> dict[str, Any]:
        return {
            "may_pay": self.request.actor.may("payment.make"),
            "crumbs": (Crumb(_("Payments"), reverse("portal:payments")), Crumb(_("Pay"), reverse("portal:pay")),
                       Crumb(_("Paste"))),
        }  # fmt: skip
