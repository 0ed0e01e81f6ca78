"""Sending: how an invoice reached the customer, by portal and by mail, when and who looked; mailing it once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from eipp.accounts.person import names_of
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.ledger.models import Invoice
from eipp.web.pages import Page
from eipp.web.pieces import Meaning
from messaging.delivery import Delivery, deliveries_of, send
from messaging.link import MailLink, revoke_links
from workflows.presentment import Presentment


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to the customer and what became of it; link: the delivery whose link still opens."""

    name: str
    word: str
    meaning: Meaning
    when: datetime | None = None
    detail: str = ""
    link: Delivery | None = None


class Sending(Page):
    """Mixed into the page of an `invoice`."""

    invoice: Any
    history: Any

    def mail_it(self) -> str:
        """Mail the invoice to the address that was typed."""
        rows = Presentment.objects.visible_to(self.request.actor).filter(invoice=self.invoice)
        presentment: Presentment = self.found_first(rows.exclude(state="superseded").order_by("-version"))
        sent = send(self.request.actor, presentment, self.request.POST.get("email", ""))
        return _("Invoice %(number)s is on its way to %(email)s.") % {
            "number": self.invoice.number, "email": sent.email,
        }  # fmt: skip

    def revoke_link(self) -> str:
        try:
            key = UUID(self.typed("delivery"))
        except ValueError:
            raise Http404 from None
        delivery: Delivery = self.found(Delivery.objects.visible_to(self.request.actor), key)
        revoke_links(self.request.actor, delivery)
        return _("The link mailed to %(email)s opens nothing any more.") % {"email": delivery.email}

    def sending(self) -> dict[str, Any]:
        """What `desk/sending.html` shows."""
        actor, invoice = self.request.actor, self.invoice
        rows = deliveries_of(actor, invoice)
        known = [row.email for row in rows if not row.bounced_at] + [invoice.account.email]
        return {
            "beside": "desk/sending.html", "channels": [_portal(invoice, self.history.happened), *_mails(actor, rows)],
            "may_mail": actor.may("address.administer"), "mail_to": list(dict.fromkeys(filter(None, known))),
        }  # fmt: skip


def _portal(invoice: Invoice, happened: Sequence[Event]) -> Channel:
    """Whether somebody of the customer's looked at it in the portal, and who was the first."""
    account = invoice.account
    seen = next((event for event in happened if event.name == "invoice.viewed"), None)
    if seen:
        who = names_of([seen.actor_id]).get(seen.actor_id or UUID(int=0), _("the customer's system"))
        return Channel(_("Portal"), _("Seen by %(name)s") % {"name": who}, "good", seen.occurred_at)
    if account.buyer_id is None:
        return Channel(_("Portal"), _("Nobody has signed up"), "quiet")
    if not account.portal_enabled:
        return Channel(_("Portal"), _("Switched off for this customer"), "quiet")
    return Channel(_("Portal"), _("Not seen yet"), "waiting", invoice.presented_at)


def _mails(actor: Actor, rows: Sequence[Delivery]) -> list[Channel]:
    links = MailLink.objects.visible_to(actor).filter(delivery__in=rows, revoked_at=None)
    opening = set(links.values_list("delivery_id", flat=True))
    return [_mail(row, row if row.pk in opening else None) for row in rows]


def _mail(row: Delivery, link: Delivery | None) -> Channel:
    if row.opened_at:
        return Channel(row.email, _("Opened by its link"), "good", row.opened_at, link=link)
    if row.bounced_at:
        return Channel(row.email, _("Came back"), "bad", row.bounced_at, row.bounce_reason, link)
    if row.sent_at:
        return Channel(row.email, _("Sent"), "good", row.sent_at, link=link)
    if row.mail and row.mail.attempts:
        return Channel(row.email, _("Tried again soon"), "waiting", row.mail.retry_at, row.mail.error, link)
    return Channel(row.email, _("On its way"), "waiting", row.made_at, link=link)
