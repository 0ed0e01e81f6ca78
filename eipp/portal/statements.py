"""The buyer's statements: any account of any supplier that the reader sees."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404

from eipp.accounts.models import CustomerAccount
from eipp.web.statements import StatementView

MOST_ACCOUNTS = 200


class StatementsPage(StatementView):
    """`account` in the URL chooses; without it, the first by supplier and number."""

    side = "buyer"
    face = "portal"

    @cached_property
    def accounts(self) -> list[CustomerAccount]:
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier", "legal_entity")
        return list(rows.order_by("supplier__name", "number", "pk")[:MOST_ACCOUNTS])

    @cached_property
    def account(self) -> CustomerAccount | None:
        asked = self.asked("account")
        if not asked:
            return self.accounts[0] if self.accounts else None
        try:
            key = UUID(asked)
        except ValueError:
            raise Http404 from None
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("supplier", "legal_entity")
        found: CustomerAccount = self.found(rows, key)
        return found

    def context(self) -> dict[str, Any]:
        return {**super().context(), "accounts": self.accounts}
