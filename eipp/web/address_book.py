"""The address book: where customer accounts are mailed, by purpose; kept by either side on a page of its own face."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from eipp.accounts.mail_address import PURPOSES, MailAddress, add_mail_address, remove_mail_address
from eipp.accounts.models import CustomerAccount
from eipp.web.pages import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """An account with its addresses, purpose by purpose."""

    account: CustomerAccount
    of_purpose: list[tuple[str, str, list[MailAddress]]]


class AddressBook(Page):
    """Mixed into a page that shows `entries(accounts)` with `web/address_book.html`."""

    makes: ClassVar[Mapping[str, str]] = {"add_address": "add_address", "remove_address": "remove_address"}

    def add_address(self) -> str:
        """The address as it was typed: a line break in it is refused, not taken away."""
        accounts = CustomerAccount.objects.visible_to(self.request.actor)
        account: CustomerAccount = self.found(accounts, self._id("account"))
        row = add_mail_address(
            self.request.actor, account, purpose=self.typed("purpose"), email=self.request.POST.get("email", "")
        )
        return _("%(email)s is on record for %(purpose)s.") % {"email": row.email, "purpose": row.get_purpose_display()}

    def remove_address(self) -> str:
        rows = MailAddress.objects.visible_to(self.request.actor).on_record()
        row: MailAddress = self.found(rows, self._id("address"))
        remove_mail_address(self.request.actor, row)
        return _("Nothing is mailed to %(email)s any more.") % {"email": row.email}

    def entries(self, accounts: Sequence[CustomerAccount]) -> list[Entry]:
        """One query for any number of accounts."""
        rows = MailAddress.objects.visible_to(self.request.actor).on_record().filter(account__in=accounts)
        found = list(rows.order_by("added_at"))
        return [
            Entry(account, [
                (key, word, [row for row in found if (row.account_id, row.purpose) == (account.pk, key)])
                for key, word in PURPOSES
            ])
            for account in accounts
        ]  # fmt: skip

    def book(self, accounts: Sequence[CustomerAccount]) -> dict[str, Any]:
        """What `web/address_book.html` shows."""
        return {
            "address_entries": self.entries(accounts), "purposes": PURPOSES,
            "may_keep_addresses": self.request.actor.may("address.administer"),
        }  # fmt: skip

    def _id(self, name: str) -> UUID:
        try:
            return UUID(self.typed(name))
        except ValueError:
            raise Http404 from None
