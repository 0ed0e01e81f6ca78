"""Notifications: what a person should hear of, as sentences that lead to the row, newest first."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from eipp.kernel import events
from eipp.kernel.events import Event
from eipp.web.destinations import destination
from eipp.web.pages import ListPage
from eipp.web.pieces import Notice
from messaging import sentences
from messaging.notification import Notification, mark_all_read, unread_count
from messaging.topics import topic


class NotificationsPage(ListPage):
    """Both faces have it; opening the row marks it read, or one press marks all."""

    template = "web/notifications.html"
    makes: ClassVar[Mapping[str, str]] = {"read": "read"}
    orders: ClassVar[Mapping[str, str]] = {"-newest": "-id"}

    def read(self) -> str:
        mark_all_read(self.request.actor)
        return ""

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        found = self.page_of(Notification.objects.visible_to(actor))
        return {
            **found, "notices": self._notices(found["rows"]), "unread": unread_count(actor),
            "live_topics": (topic("person", actor.person_id),),
        }  # fmt: skip

    def _notices(self, rows: Sequence[Notification]) -> list[Notice]:
        """Sentences for this reader; what is not theirs to see any more is left out."""
        actor = self.request.actor
        happened = Event.objects.visible_to(actor).in_bulk([row.event_id for row in rows])
        told = [row for row in rows if row.event_id in happened]
        about = events.subjects(happened.values())
        texts = sentences.render([happened[row.event_id] for row in told], actor)
        return [
            Notice(text, destination(actor, about[row.event_id]), happened[row.event_id].occurred_at,
                   unread=row.read_at is None)
            for row, text in zip(told, texts, strict=True)
        ]  # fmt: skip
