"""Whoever could not give a hint says so as soon as the broker takes it again: open pages look, whatever it was."""

from math import inf

import pytest

from eipp.kernel import broker as messenger
from messaging.broadcast import tell
from messaging.topics import topic_of
from tests.messaging.cast import Cast
from tests.messaging.page import page, serving, signed_in


@pytest.mark.django_db(transaction=True)
def test_after_hints_were_lost_every_page_looks_again(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast.make()
    topic = topic_of(cast.account)
    with serving() as server:
        listening = page(server, signed_in(cast.people["clara"]))
        listening.subscribe(topic)
        monkeypatch.setattr(messenger, "_resting_until", inf)
        tell([topic])
        with pytest.raises(TimeoutError):
            listening.next(seconds=0.3)
        monkeypatch.setattr(messenger, "_resting_until", 0.0)
        assert listening.next() == {"refresh": True}
        tell([topic])
        assert listening.next() == {"changed": topic}
        listening.close()
