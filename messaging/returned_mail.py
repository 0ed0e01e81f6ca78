"""Returned mail: AR mends an address whose mails come back; what came back goes out again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from eipp.accounts.mail_address import MailAddress, add_mail_address, remove_mail_address
from eipp.accounts.roles import require
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from messaging.delivery import Delivery, send
from workflows.presentment import SHOWN

MOST = 100  # invoices that are mailed again at once


def came_back(actor: Actor, address: MailAddress) -> Sequence[Delivery]:
    """What could not be delivered there and is of interest still, the newest first."""
    rows = Delivery.objects.visible_to(actor).filter(address=address, bounced_at__isnull=False)
    shown = rows.filter(presentment__state__in=SHOWN).select_related("invoice", "presentment")
    return list(shown.order_by("-made_at")[:MOST])


@transaction.atomic
def replace_address(actor: Actor, address: MailAddress, email: str, *, now: datetime | None = None) -> int:
    """Put another address in its place, and mail there what came back; how many invoices that was."""
    moment = now or clock.now()
    fresh = add_mail_address(actor, address.account, purpose=address.purpose, email=email, now=moment)
    returned = came_back(actor, address)
    if fresh.pk != address.pk:
        remove_mail_address(actor, address, now=moment)
    return _mail_again(actor, returned, fresh, now=moment)


@transaction.atomic
def try_address_again(actor: Actor, address: MailAddress, *, now: datetime | None = None) -> int:
    """The address is right and works again: mail there what came back; how many invoices that was."""
    require(actor, "address.administer")
    found = MailAddress.objects.visible_to(actor).select_for_update().get(pk=address.pk)
    return _mail_again(actor, came_back(actor, found), found, now=now or clock.now())


def _mail_again(actor: Actor, returned: Sequence[Delivery], address: MailAddress, *, now: datetime) -> int:
    MailAddress.objects.filter(pk=address.pk).update(bounced_at=None, bounce_reason="")
    presentments = {delivery.presentment_id: delivery.presentment for delivery in returned}
    for presentment in presentments.values():
        send(actor, presentment, address.email, now=now)
    return len(presentments)
