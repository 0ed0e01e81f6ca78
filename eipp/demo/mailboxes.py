"""Mailboxes: where the example companies want to be mailed; put up after their histories, which are not mailed."""

from eipp.accounts.mail_address import add_mail_address
from eipp.accounts.organisation import SETUP
from eipp.demo.world import World

#: Account, purpose, address.
MAILBOXES = (
    ("main", "invoices", "invoices@brightwater.example"),
    ("main", "invoices", "archive@brightwater.example"),
    ("main", "reminders", "accounts.payable@brightwater.example"),
    ("main", "remittance", "accounts.payable@brightwater.example"),
    ("tiny_account", "invoices", "tom@tinystudio.example"),
    ("unconnected", "invoices", "rechnungen@donaudampf.example"),
    ("pacific_usd", "invoices", "invoices@brightwater.example"),
)


def put_up(world: World) -> None:
    for account, purpose, email in MAILBOXES:
        add_mail_address(SETUP, world.accounts[account], purpose=purpose, email=email)
