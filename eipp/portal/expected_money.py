"""Promises and announced transfers as the buyer sees them; an announced bank run as a file for the buyer's bank."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse

from documents.download import download
from eipp.web.expected_money import ANNOUNCED, PROMISES, ExpectedList, ExpectedView, NewExpected
from workflows.announced_payment import AnnouncedPayment
from workflows.payment_file import payment_file


class PromisesPage(ExpectedList):
    side = "buyer"
    face = "portal"
    kind = PROMISES


class PromisePage(ExpectedView):
    side = "buyer"
    face = "portal"
    kind = PROMISES


class NewPromisePage(NewExpected):
    side = "buyer"
    face = "portal"
    kind = PROMISES


class AnnouncedPaymentsPage(ExpectedList):
    side = "buyer"
    face = "portal"
    kind = ANNOUNCED


class NewAnnouncedPaymentPage(NewExpected):
    side = "buyer"
    face = "portal"
    kind = ANNOUNCED


class AnnouncedPaymentPage(ExpectedView):
    """With the file of its bank run."""

    side = "buyer"
    face = "portal"
    kind = ANNOUNCED
    template = "portal/announced_payment.html"
    makes: ClassVar[Mapping[str, str]] = {"withdraw": "withdraw", "file": "file"}

    def file(self) -> HttpResponse:
        made = payment_file(self.request.actor, self.run, form=self.typed("form"), account=self.typed("account"))
        return download(made.content, name=made.name)

    @property
    def run(self) -> list[AnnouncedPayment]:
        """Those that were announced together."""
        rows = AnnouncedPayment.objects.visible_to(self.request.actor).filter(bank_run=self.row.bank_run)
        return list(rows.exclude(state="withdrawn").select_related("legal_entity").order_by("number"))

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        may_file = actor.may("payment.make") and self.row.state == "announced"
        return {**super().context(), "may_file": may_file, "run": self.run if may_file else []}
