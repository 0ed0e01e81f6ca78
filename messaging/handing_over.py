"""Handing over: what was said about an account before its first sign-in belongs to its buyer from then on."""

from eipp.kernel.events import Event
from messaging.thread import Thread


def follow(events: list[Event]) -> None:
    """EVENT_EFFECTS: the threads of an account that was connected get its buyer."""
    for event in events:
        if event.name == "customer_account.connected":
            Thread.objects.filter(account_id=event.account_id, buyer_id=None).update(buyer_id=event.buyer_id)
