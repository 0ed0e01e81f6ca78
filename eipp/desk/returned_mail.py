"""An address whose mails come back: why, what could not be delivered, and the ways to mend it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eipp.accounts.mail_address import MailAddress, remove_mail_address
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from messaging.returned_mail import came_back, replace_address, try_address_again
from messaging.topics import topic


class ReturnedMailPage(Page):
    """In the worklist, and as a page of its own."""

    side = "supplier"
    template = "desk/returned_mail.html"
    item: ClassVar[str] = "desk/item_returned_mail.html"
    makes: ClassVar[Mapping[str, str]] = {"replace": "replace", "try_again": "try_again", "take_off": "take_off"}

    @property
    def matter(self) -> MailAddress:
        return self.address

    @cached_property
    def address(self) -> MailAddress:
        rows = MailAddress.objects.visible_to(self.request.actor).select_related("account")
        found: MailAddress = self.found(rows, self.kwargs["pk"])
        return found

    def replace(self) -> str:
        count = replace_address(self.request.actor, self.address, self.request.POST.get("email", ""))
        return _("The new address is on record. ") + _mailed(count)

    def try_again(self) -> str:
        return _mailed(try_address_again(self.request.actor, self.address))

    def take_off(self) -> str:
        remove_mail_address(self.request.actor, self.address)
        return _("Nothing is mailed to %(email)s any more.") % {"email": self.address.email}

    def context(self) -> dict[str, Any]:
        address, actor = self.address, self.request.actor
        return {
            "address": address, "account": address.account, "returned": came_back(actor, address),
            "may_mend": actor.may("address.administer") and address.removed_at is None,
            "tried": self.request.POST.get("move", ""),
            "crumbs": (Crumb(_("Customers"), reverse("desk:customers")),
                       Crumb(address.account.name, reverse("desk:customer", args=[address.account_id])),
                       Crumb(address.email)),
            "live_topics": (topic("account", address.account_id),),
        }  # fmt: skip


def _mailed(count: int) -> str:
    told = ngettext("%(count)d invoice is mailed again.", "%(count)d invoices are mailed again.", count)
    return told % {"count": count} if count else _("No invoice has to be mailed again.")
