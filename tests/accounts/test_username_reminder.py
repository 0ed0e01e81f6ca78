"""The user-name reminder: to the address on record; the same whether known or not."""

import statistics
import time

from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eipp.accounts.person import Person
from tests.accounts.cast import Cast, person, steady

ASK = "/accounts/username/remind/"


def test_the_user_name_comes_by_mail(browser: Client, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    answer = browser.post(ASK, {"email": "ANNA@example.com"}, follow=True)
    assert "Look into your mail" in answer.content.decode()
    assert mailoutbox[0].to == ["Anna@example.com"]
    assert "\nAnna\n" in mailoutbox[0].body


def test_known_unknown_and_switched_off_get_the_same_answer_and_the_same_work(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(is_active=False)
    seen = []
    for email in ("anna@example.com", "zora@example.com", "ada@example.com"):
        with CaptureQueriesContext(connection) as queries:
            answer = Client().post(ASK, {"email": email}, follow=True)
        seen.append((answer.redirect_chain, steady(answer), len(queries)))
    assert seen[0] == seen[1] == seen[2]
    assert len(mailoutbox) == 3


def test_the_time_tells_nothing(cast: Cast) -> None:
    """Generously: the medians of many attempts differ by less than a half."""
    spent: dict[str, list[float]] = {"anna": [], "zora": []}
    for _ in range(15):
        for name, times in spent.items():
            cache.clear()
            begun = time.perf_counter()
            Client().post(ASK, {"email": f"{name}@example.com"})
            times.append(time.perf_counter() - begun)
    fast, slow = sorted(statistics.median(times) for times in spent.values())
    assert slow < 1.5 * fast + 0.002


def test_the_mail_goes_to_the_address_on_record_and_not_to_its_double(
    browser: Client, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    person("zoe", email="zoe@strasse.example")
    browser.post(ASK, {"email": "zoe@straße.example"})
    assert mailoutbox[0].to == ["zoe@strasse.example"]


def test_asking_is_limited_by_address_known_or_not(browser: Client, mailoutbox: list[EmailMessage]) -> None:
    for email in ("anna@example.com", "zora@example.com"):
        assert [browser.post(ASK, {"email": email}).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert len(mailoutbox) == 6
