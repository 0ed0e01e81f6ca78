"""Live: after a commit, the open pages that show what changed are told; and where their sockets connect."""

from typing import Any

from eipp.kernel.events import Event, subjects
from messaging.broadcast import FOR_SUPPLIER, tell
from messaging.consumers import LiveConsumer
from messaging.topics import topic, topic_kind

#: Events that may take the right to listen away from somebody.
TAKES_AWAY = {
    "membership.changed", "membership.ended", "person.signed_out", "person.session_ended", "person.sessions_ended",
    "person.password_changed", "customer_account.portal_closed",
}  # fmt: skip

_live = LiveConsumer.as_asgi()


async def websocket_application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application of the sockets: they are at /live, and nowhere else."""
    if scope["path"] == "/live":
        await _live(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close"})


def hint(events: list[Event]) -> None:
    """EVENT_HINTS: name the topics that changed, and no more than that; 20 ms at most."""
    concerned = subjects(events)
    changed = [each for event in events for each in _topics(event, concerned[event.pk])]
    tell(changed, recheck=any(event.name in TAKES_AWAY for event in events))


def _topics(event: Event, concerned: list[Any]) -> list[str]:
    rows = [topic(topic_kind(kind), object_id) for kind, object_id in concerned]
    if event.account_id:
        rows.append(topic("account", event.account_id))
    if event.supplier_id:
        rows += [topic("organisation", event.supplier_id), topic("worklist", event.supplier_id)]
    if event.internal:
        return [each + FOR_SUPPLIER for each in rows]
    return [*rows, topic("organisation", event.buyer_id)] if event.buyer_id else rows
