"""The example world is loaded quietly: nobody is mailed of its history, and everybody of what happens afterwards."""

from collections.abc import Callable

from eipp.accounts.models import MailAddress
from messaging.delivery import Delivery
from messaging.invoice_mail import write_invoice_mails
from messaging.notification import Notification
from messaging.outgoing_mail import OutgoingMail
from tests.world import World


def test_the_load_mails_nobody_and_a_new_invoice_is_mailed(full_world: World, settle: Callable[[], None]) -> None:
    settle()
    assert MailAddress.objects.exists() and Notification.objects.exists()
    assert not Delivery.objects.exists() and not OutgoingMail.objects.exists()
    assert not Notification.objects.exclude(mail_way="").exists()
    full_world.invoice("100.00")
    settle()
    write_invoice_mails()
    assert OutgoingMail.objects.count() == 2
