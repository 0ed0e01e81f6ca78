"""Faults on demand: the sandbox stalls, lies and repeats, and our books hold what it really took, once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from eipp.gateways import jobs, sandbox
from eipp.gateways.models import Callback
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt
from tests.workflows.doing import assert_sound, at_the_page, enter, eur, hear, posted
from tests.world import World
from workflows.gateway_talk import UNATTENDED, ask
from workflows.payment import Payment


@pytest.fixture
def entering(world: World) -> Callable[[], Payment]:
    return lambda: enter(world, "tom", world.invoice("100.00", account="tiny_account"))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider's calls reach the platform's own endpoint."""

    def post(url: str, *, content: bytes, headers: dict[str, str], timeout: float) -> httpx.Response:
        sent: Any = {name: value for name, value in headers.items() if name != "Content-Type"}
        answer = Client().post(urlsplit(url).path, content, content_type="application/json", headers=sent)
        return httpx.Response(answer.status_code, request=httpx.Request("POST", url))

    monkeypatch.setattr(jobs.httpx, "post", post)


@pytest.mark.parametrize("fault", ["timeout_after", "error_after"])
def test_a_lost_answer_is_looked_up_and_charged_once(entering: Callable[[], Payment], fault: str) -> None:
    call_command("sandbox_fault", fault)
    payment = entering()
    assert payment.state == "unknown"
    at_the_page(payment)
    assert (hear(payment).state, posted(payment), SandboxCharge.objects.get().charged) == ("settled", eur("100.00"), 1)
    assert_sound()


def test_what_never_arrived_fails_and_nothing_was_charged(entering: Callable[[], Payment]) -> None:
    call_command("sandbox_fault", "timeout_before")
    payment = entering()
    ask(payment.pk, now=clock.now() + 2 * UNATTENDED)
    payment.refresh_from_db()
    assert (payment.state, payment.failure, SandboxCharge.objects.count()) == ("failed", "never_reached", 0)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("wrong_amount", Money(9_999, "EUR")), ("wrong_currency", Money(10_000, "USD"))],
    ids=["amount", "currency"],
)
def test_what_it_took_by_mistake_is_what_we_book(entering: Callable[[], Payment], fault: str, expected: Money) -> None:
    call_command("sandbox_fault", fault)
    payment = entering()
    at_the_page(payment)
    hear(payment)
    receipt = CashReceipt.objects.get(payment_id=payment.pk)
    lines = sandbox.Sandbox().transactions(clock.now().date())
    assert (payment.state, [line.amount for line in lines], receipt.amount) == ("settled", [expected], expected)
    assert_sound()


def test_callbacks_doubled_early_forged_and_out_of_order_move_it_once(
    entering: Callable[[], Payment], heard: None
) -> None:
    for fault in ("early", "doubled", "forged"):
        call_command("sandbox_fault", fault)
    payment = entering()
    jobs.send_sandbox_callbacks()
    assert hear(payment).state == "submitted"
    at_the_page(payment)
    call_command("sandbox_fault", "out_of_order")
    jobs.send_sandbox_callbacks()
    assert (hear(payment).state, posted(payment)) == ("settled", eur("100.00"))
    verdicts = sorted(Callback.objects.values_list("verdict", "times"))
    assert verdicts == [("forged", 1), ("heard", 1), ("heard", 3)]
    assert SandboxCharge.objects.get().callback_due_at is None
    assert_sound()


def test_a_late_callback_is_not_waited_for(entering: Callable[[], Payment], heard: None) -> None:
    payment = entering()
    at_the_page(payment)
    call_command("sandbox_fault", "late")
    jobs.send_sandbox_callbacks()
    due = SandboxCharge.objects.get().callback_due_at
    assert due
    assert (due > clock.now(), Callback.objects.count()) == (True, 0)
    ask(payment.pk, now=clock.now() + 2 * UNATTENDED)
    payment.refresh_from_db()
    assert payment.state == "settled"


def test_where_there_is_no_sandbox_nothing_fails_on_demand(db: None, settings: LazySettings) -> None:
    call_command("sandbox_fault", "none")
    settings.GATEWAYS = {"bank_transfer": settings.GATEWAYS["bank_transfer"]}
    with pytest.raises(CommandError):
        call_command("sandbox_fault", "doubled")
