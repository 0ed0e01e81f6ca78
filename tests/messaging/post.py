"""The post in tests: invoices and notices become mails, and mails are carried, as the worker does it."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from eipp.accounts.mail_address import MailAddress, add_mail_address
from eipp.ledger.models import Invoice
from messaging.bounce import note_bounces
from messaging.credit_note_mail import write_credit_note_mails
from messaging.invoice_mail import write_invoice_mails
from messaging.mail_delivery import deliver_mail
from messaging.outgoing_mail import OutgoingMail
from tests.world import World

AP = "ap@brightwater.example"


def wants_mail(world: World, email: str = AP, *, account: str = "main", purpose: str = "invoices") -> MailAddress:
    """The account has this address on record."""
    return add_mail_address(world.actor("clara"), world.accounts[account], purpose=purpose, email=email)


def mailed_invoice(world: World, settle: Callable[[], None], total: str = "1190.00", **facts: object) -> Invoice:
    """An invoice is presented, and all that follows is done."""
    invoice = world.invoice(total, **facts)
    carry(settle)
    return invoice


def carry(settle: Callable[[], None]) -> None:
    settle()
    write_invoice_mails()
    write_credit_note_mails()
    deliver_mail()
    note_bounces()


def link_in(text: str, *, to: str = "/mail/") -> str:
    """The path of the first link of ours in a mail."""
    found = re.search(rf"https?://[^\s\"]+?({to}[^\s\"<>]+)", text)
    assert found, text
    return urlsplit(found[1]).path


def waiting() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.order_by("written_at"))
