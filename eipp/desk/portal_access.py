"""Portal access of one customer account: what stands on record, the rules, the switch, and the first invitation."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.customer_account import change_account
from eipp.accounts.customer_invitation import administrators, invite_customer, pending_invitations, take_back
from eipp.accounts.models import CustomerAccount
from eipp.accounts.person import clean_email
from eipp.kernel import clock
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from messaging.topics import topic
from workflows.portal_access import close_portal, open_portal, verdicts


class PortalAccessPage(Page):
    """AR sees which rule fails; who may not keep accounts sees the state alone."""

    side = "supplier"
    template = "desk/portal_access.html"
    makes: ClassVar[Mapping[str, str]] = {
        "record": "record", "open": "open", "close": "close", "invite": "invite", "take_back": "take_back",
    }  # fmt: skip

    @cached_property
    def account(self) -> CustomerAccount:
        rows = CustomerAccount.objects.visible_to(self.request.actor).select_related("buyer", "supplier")
        found: CustomerAccount = self.found(rows, self.kwargs["pk"])
        return found

    def make(self) -> Any:
        _exists = self.account
        return super().make()

    def record(self) -> str:
        """What the rules ask for, and by what the customer shows who they are at a first sign-in."""
        email, where = self.typed("email"), {**self.account.address, "postal_code": self.typed("postal_code")}
        change_account(
            self.request.actor, self.account, email=clean_email(email) if email else "", phone=self.typed("phone")[:40],
            address=where, cash_only=bool(self.typed("cash_only")),
        )  # fmt: skip
        return _("It stands on record.")

    def open(self) -> str:
        open_portal(self.request.actor, self.account)
        return _("The portal is on for %(name)s.") % {"name": self.account.name}

    def close(self) -> str:
        close_portal(self.request.actor, self.account)
        return _("The portal is off for %(name)s; open pages end.") % {"name": self.account.name}

    def invite(self) -> str:
        email = self.typed("email")
        invite_customer(self.request.actor, self.account, email=email)
        return _("%(email)s was invited; the link works for seven days.") % {"email": email}

    def take_back(self) -> str:
        take_back(self.request.actor, self.account)
        return _("No link to this account opens any more.")

    def context(self) -> dict[str, Any]:
        account = self.account
        account.refresh_from_db()
        leader = administrators(account.buyer).first() if account.buyer else None
        return {
            "account": account, "verdicts": verdicts(account), "leader": leader and leader.person,
            "pending": pending_invitations(account, now=clock.now()),
            "may": self.request.actor.may("account.administer"), "live_topics": (topic("account", account.pk),),
            "crumbs": (
                Crumb(_("Customers"), reverse("desk:customers")),
                Crumb(account.name, reverse("desk:customer", args=[account.pk])), Crumb(_("Portal access")),
            ),
        }  # fmt: skip
