"""Every event has a sentence of its own, and it is told from the reader's side."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eipp.kernel.actor import Actor
from eipp.kernel.clock import now
from eipp.kernel.events import Event
from messaging.audience import AUDIENCE
from messaging.narration import NARRATED
from messaging.sentences import SENTENCES, Sentence, render
from tests.messaging.cast import Cast
from tests.messaging.event_names import event_names, names_in


def test_every_event_has_a_sentence() -> None:
    assert event_names() - set(SENTENCES) == set()


def test_every_sentence_has_an_event() -> None:
    assert set(SENTENCES) - event_names() == set()


def test_no_two_events_have_the_same_sentence() -> None:
    texts = [each for sentence in SENTENCES.values() for each in _texts(sentence)]
    assert len(texts) == len(set(texts))


def test_whoever_is_heard_or_narrated_is_an_event() -> None:
    assert (set(AUDIENCE) | NARRATED) - event_names() == set()


def test_the_reader_of_names_finds_each_way_of_writing_one() -> None:
    found = names_in(
        'events.record("a.one", x)\nDraft("b.two", x)\nDraft(name="c.three")\n@transition("x", "y", event="d.four")\n'
        'def f(): applications.record(actor, "e.five", made)\nprint("not.one")'
    )
    assert set(found) == {"a.one", "b.two", "c.three", "d.four", "e.five"}


def _texts(sentence: str | Sentence) -> list[str]:
    return [sentence] if isinstance(sentence, str) else [sentence.buyer, sentence.supplier]


def _event(cast: Cast, name: str, by: str | Actor = "anna", **data: Any) -> Event:
    actor = cast.actor(by) if isinstance(by, str) else by
    return Event(
        name=name, occurred_at=now(), recorded_at=now(), actor_kind=actor.kind, actor_id=actor.id,
        actor_side=actor.side, actor_organisation_id=actor.organisation_id, via="web", supplier_id=cast.supplier.pk,
        buyer_id=cast.buyer.pk, account_id=cast.account.pk, subject_kind="x", subject_id=cast.account.pk, data=data,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("viewer", "sentence"),
    [
        ("anna", "You disputed 1,234.50 EUR of invoice 4711 (Quantity)."),
        ("bea", "Anna Approver disputed 1,234.50 EUR of invoice 4711 (Quantity)."),
        ("clara", "Anna Approver (Brightwater Manufacturing Ltd) disputed 1,234.50 EUR of invoice 4711 (Quantity)."),
    ],
)
def test_who_did_it_depends_on_who_reads(cast: Cast, viewer: str, sentence: str) -> None:
    event = _event(cast, "dispute.opened", amount="1234.50", currency="EUR", invoice="4711", reason="quantity")
    assert render([event], cast.actor(viewer)) == [sentence]


def test_what_happened_is_told_from_either_side(cast: Cast) -> None:
    event = _event(cast, "payment.settled", Actor.system("gateway"), number="P-1", amount="5000", currency="JPY")
    assert render([event], cast.actor("anna")) == ["Payment P-1 over 5,000 JPY arrived at Nordwind Handels GmbH."]
    assert render([event], cast.actor("clara")) == [
        "Payment P-1 over 5,000 JPY arrived from Brightwater Manufacturing Ltd."
    ]


def test_a_missing_word_leaves_its_part_out(cast: Cast) -> None:
    event = _event(cast, "dispute.opened", amount="1.00", currency="EUR", invoice=None)
    assert render([event], cast.actor("anna")) == ["You disputed 1.00 EUR."]


def test_braces_and_brackets_in_what_people_wrote_are_theirs(cast: Cast) -> None:
    event = _event(cast, "approval.rejected", number="[{actor}]", reason="{amount} [is] wrong")
    assert render([event], cast.actor("anna")) == ["You rejected invoice [{actor}]: {amount} [is] wrong."]


def test_every_sentence_can_be_told_to_everyone_without_words_to_fill_in(cast: Cast) -> None:
    events = [_event(cast, name) for name in SENTENCES]
    for viewer in ("anna", "clara"):
        for sentence in render(events, cast.actor(viewer)):
            assert sentence[0].isupper() or sentence[0] == "…"
            assert sentence.endswith(".") and not set("{}[]") & set(sentence)


def test_sixty_events_take_as_many_queries_as_three(cast: Cast) -> None:
    viewer = cast.actor("clara")
    counts = []
    for number in (3, 60):
        events = [_event(cast, "dispute.taken", "anna" if n % 2 else "mona", number=str(n)) for n in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            render(events, viewer)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3
