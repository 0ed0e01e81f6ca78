"""Idempotency-Key: a POST is done once; whoever repeats it gets the answer that was given."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from eipp.api import idempotency
from eipp.api.idempotency import IdempotencyKey
from eipp.kernel import clock
from messaging.models import Message
from tests.api.cast import Caller, Cast
from workflows.payment import Payment

KEY = "5b2f0a5e-0f3c-4a26-8d0e-6a4f4d1b9d11"


def thread_about(caller: Caller, invoice: str) -> str:
    return f"threads/{caller.post('threads', {'kind': 'invoice', 'id': invoice}).json()['id']}/messages"


def test_the_same_key_and_request_give_the_stored_answer(cast: Cast) -> None:
    path = thread_about(cast.payer, cast.invoice())
    first = cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY)
    second = cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    for name in ("Location", "Content-Type"):
        assert first[name] == second[name]
    assert first.content == second.content
    assert second["Idempotency-Replayed"] == "true"
    assert Message.objects.count() == 1


def test_without_a_key_the_same_is_said_twice(cast: Cast) -> None:
    path = thread_about(cast.payer, cast.invoice())
    for _ in range(2):
        cast.payer.post(path, {"body": "Hello"})
    assert Message.objects.count() == 2


def test_the_same_key_with_another_request_is_refused(cast: Cast) -> None:
    path = thread_about(cast.payer, cast.invoice())
    cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY)
    response = cast.payer.post(path, {"body": "Other"}, Idempotency_Key=KEY)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Message.objects.count() == 1


def test_keys_of_two_organisations_never_meet(cast: Cast) -> None:
    invoice = cast.invoice()
    path = thread_about(cast.payer, invoice)
    assert cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY).status_code == 201
    assert cast.erp.post(path, {"body": "Hello"}, Idempotency_Key=KEY).status_code == 201
    assert cast.stranger.post(path, {"body": "Hello"}, Idempotency_Key=KEY).status_code == 404
    assert Message.objects.count() == 2


def test_a_refusal_is_stored_like_any_answer(cast: Cast) -> None:
    path = thread_about(cast.payer, cast.invoice())
    first, second = (cast.payer.post(path, {"body": ""}, Idempotency_Key=KEY) for _ in range(2))
    assert first.status_code == 422
    assert first.content == second.content
    assert second["Content-Type"] == "application/problem+json"


def test_while_the_first_is_under_way_the_second_is_told_to_come_back(cast: Cast) -> None:
    path = thread_about(cast.payer, cast.invoice())
    cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY)
    IdempotencyKey.objects.update(status=None)
    response = cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY)
    assert (response.status_code, response.json()["code"]) == (409, "in_flight")
    assert int(response["Retry-After"]) >= 1


def test_a_request_whose_process_died_is_done_again_after_its_lease(cast: Cast) -> None:
    path = thread_about(cast.payer, cast.invoice())
    cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY)
    Message.objects.all().delete()
    IdempotencyKey.objects.update(status=None, leased_until=clock.now() - timedelta(seconds=1))
    assert cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY).status_code == 201
    assert Message.objects.count() == 1


def test_who_lost_the_lease_meanwhile_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    path = thread_about(cast.payer, cast.invoice())
    keep = idempotency._keep

    def overtaken(row: IdempotencyKey, response: Any) -> None:
        IdempotencyKey.objects.filter(pk=row.pk).update(holder=idempotency.uuid4())
        keep(row, response)

    monkeypatch.setattr(idempotency, "_keep", overtaken)
    assert cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY).status_code == 409
    assert Message.objects.count() == 0


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "ä", "a\tb"])
def test_a_key_that_is_none_is_refused(cast: Cast, key: str) -> None:
    response = cast.payer.post("threads", {}, Idempotency_Key=key)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_idempotency_key")


def test_where_money_moves_a_key_is_required(cast: Cast) -> None:
    written = {"invoices": [{"invoice": cast.invoice(), "amount": "1.00"}]}
    response = cast.payer.post("payments", written)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")
    assert not Payment.objects.exists()


def test_after_a_fault_of_ours_the_key_is_free_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    path = thread_about(cast.payer, cast.invoice())
    cast.payer.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("eipp.api.threads.post_message", _fail)
        response = cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY)
        assert (response.status_code, response.json()["code"]) == (500, "internal_error")
        assert "boom" not in response.content.decode()
    assert cast.payer.post(path, {"body": "Hello"}, Idempotency_Key=KEY).status_code == 201


def test_keys_are_forgotten_after_a_week(cast: Cast) -> None:
    cast.payer.post(thread_about(cast.payer, cast.invoice()), {"body": "Hello"}, Idempotency_Key=KEY)
    assert idempotency.purge() == 0
    IdempotencyKey.objects.update(created_at=clock.now() - timedelta(days=8))
    assert idempotency.purge() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_key", [True, False])
def test_twenty_at_once_with_one_key_say_it_once(with_key: bool) -> None:
    """Without the key - the control - every one of them says it."""
    cast = Cast.make()
    path = thread_about(cast.payer, cast.invoice())
    headers = {"Idempotency_Key": KEY} if with_key else {}
    answers: list[int] = []

    def say() -> None:
        try:
            answers.append(Caller(cast.payer.key).post(path, {"body": "Hello"}, **headers).status_code)
        finally:
            connection.close()

    for thread in list(_started(say, 20)):
        thread.join()
    assert set(answers) <= {201, 409}
    assert Message.objects.count() == (1 if with_key else 20)
    assert cast.payer.post(path, {"body": "Hello"}, **headers).status_code == 201
    assert Message.objects.count() == (1 if with_key else 21)


def _started(target: Callable[[], None], count: int) -> Iterator[threading.Thread]:
    for _ in range(count):
        thread = threading.Thread(target=target)
        thread.start()
        yield thread


def _fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("boom")
