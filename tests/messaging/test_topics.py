"""Topics: each kind of the table is open to those who see the row, and closed to everyone else in the same way."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from eipp.kernel.tenancy import ScopedQuerySet
from messaging.thread import thread_of
from messaging.topics import OF_ORGANISATION, TOPICS, may_subscribe, model_of, row_of, topic, topic_kind, topic_of
from tests.messaging.cast import Cast


@pytest.mark.parametrize("kind", TOPICS)
def test_every_kind_names_a_model_that_is_found_through_the_actor(kind: str) -> None:
    model = model_of(kind)
    assert issubclass(type(model.objects.all()), ScopedQuerySet)
    assert topic_kind(model._meta.model_name) == kind


def test_the_rows_that_people_talk_about_have_topics() -> None:
    named = {apps.get_model(name) for name in TOPICS.values()}
    assert {"Invoice", "Dispute", "Payment", "CustomerAccount", "Thread"} <= {model.__name__ for model in named}


def test_a_rows_topic_is_open_to_those_who_see_the_row(cast: Cast) -> None:
    rows: list[Any] = [cast.account, thread_of(cast.account)]
    for row in rows:
        open_to = {name for name in cast.people if may_subscribe(cast.actor(name), topic_of(row))}
        assert open_to == {"clara", "mona", "anna", "bea", "vera"}


def test_an_organisations_topics_are_its_own_peoples(cast: Cast) -> None:
    open_to = {
        (kind, name)
        for kind in OF_ORGANISATION
        for name in cast.people
        if may_subscribe(cast.actor(name), topic(kind, cast.supplier.pk))
    }
    assert open_to == {("organisation", "clara"), ("organisation", "mona"), ("worklist", "clara"), ("worklist", "mona")}


@pytest.mark.parametrize(
    "text",
    ["", "account", "account:", "account:1", "nothing:{}", "account:{} ", "account:{}\n", "ACCOUNT:{}", "a\0:{}"],
)
def test_what_is_no_topic_is_refused(cast: Cast, text: str) -> None:
    assert not may_subscribe(cast.actor("anna"), text.format(cast.account.pk))
    assert may_subscribe(cast.actor("anna"), f"account:{cast.account.pk}")


def test_nobody_may_listen_to_anything(cast: Cast) -> None:
    for kind in (*TOPICS, *OF_ORGANISATION, "person"):
        assert not may_subscribe(cast.actor("anna"), topic(kind, uuid4()))


def test_a_subjects_row_is_found_by_either_name_of_its_kind(cast: Cast) -> None:
    assert row_of("customeraccount", cast.account.pk) == row_of("account", cast.account.pk) == cast.account
    assert row_of("nothing", cast.account.pk) is None
