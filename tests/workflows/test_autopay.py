"""Autopay plans one payment a day within its caps and conditions, after the account's own credit, and gives notice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from eipp.gateways import sandbox_accounts, sandbox_charge
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel import clock, events
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from messaging.notification import Notification
from tests.workflows.doing import assert_sound, eur, hear, refused, told
from tests.workflows.saving import saved_account, saved_card
from tests.world import World
from workflows import autopay, autopay_run, jobs
from workflows.autopay import Autopay
from workflows.dispute import open_dispute
from workflows.payment import Payment

Move = Callable[[int], None]


def today() -> date:
    return clock.today("Europe/Amsterdam")


def on_autopay(world: World, **facts: Any) -> Autopay:
    """Tiny Studio, which has no approval rules, pays Nordwind by itself."""
    payee = world.nordwind.legal_entities.get(is_default=True)
    saved = facts.pop("saved", None) or saved_card(world, "tom", payee)
    return autopay.set_up(world.actor("tom"), saved, currency="EUR", **{"notice_days": 0} | facts)


def bill(world: World, total: str, *, due_in: int = 0) -> Invoice:
    return world.invoice(total, account="tiny_account", due=today() + timedelta(days=due_in))


def payments() -> list[Payment]:
    return list(Payment.objects.filter(autopay__isnull=False).order_by("number"))


def amounts(*states: str) -> list[str]:
    return [row.amount.text for row in payments() if not states or row.state in states]


def work() -> None:
    jobs.follow_expected_money()
    jobs.run_autopay()
    jobs.submit_planned_payments()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Let so many days pass, from the beginning."""
    real = clock.now

    def move(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))

    return move


def test_it_pays_what_is_due_once_and_after_credit(world: World) -> None:
    due, disputed, far = bill(world, "100.00"), bill(world, "80.00"), bill(world, "50.00", due_in=9)
    open_dispute(world.actor("tom"), disputed, reason="quantity", amount=eur("30.00"))
    cash = posting.post_receipt(world.erp("nordwind"), account=world.tiny_account, amount=eur("40.00"),
                                received_on=today(), kind="transfer")  # fmt: skip
    on_autopay(world)
    for _ in range(3):
        work()
    for row in (due, disputed, far, cash):
        row.refresh_from_db()
    assert amounts() == ["110.00"]  # 100 + 50 less the 40 that were there
    assert [charge.amount.text for charge in SandboxCharge.objects.filter(charged=1)] == ["110.00"]
    assert (due.open.text, disputed.open.text, far.open.text, cash.unapplied.text) == ("0.00", "30.00", "50.00", "0.00")
    assert told(payments()[0])[0] == "payment.planned_by_autopay"
    assert_sound()


def test_it_gives_notice_and_one_payment_can_be_skipped(world: World, later: Move, settle: Callable[[], None]) -> None:
    invoice = bill(world, "100.00", due_in=3)
    order = on_autopay(world, notice_days=3)
    work()
    settle()
    (payment,) = payments()
    assert (payment.state, payment.planned_for) == ("planned", invoice.due_date)
    assert Notification.objects.filter(object_id=payment.pk, person_id=world.tom.pk).exists()
    payment.drop_plan(world.actor("tom"))
    assert payment.failure == "plan_skipped"
    for days in (1, 3, 4):
        later(days)
        work()
    assert [row.state for row in payments()] == ["cancelled"]
    another = bill(world, "20.00", due_in=0)
    later(5)
    work()
    later(8)
    work()
    order.refresh_from_db()
    another.refresh_from_db()
    assert (order.state, amounts("settled"), another.open.text) == ("active", ["20.00"], "0.00")


def test_caps_and_conditions(world: World, later: Move) -> None:
    for total in ("60.00", "50.00", "30.00", "500.00"):
        bill(world, total)
    on_autopay(world, caps={"cap": eur("100.00"), "month_cap": eur("120.00"), "invoice_cap": eur("400.00")})
    work()
    assert amounts() == ["90.00"]
    later(1)
    work()
    left = date(today().year, today().month, 1) == date(today().year, today().month, today().day)
    assert amounts() == (["90.00", "50.00"] if left else ["90.00"])


@pytest.mark.parametrize(
    ("timing", "days", "run_on", "since", "horizon"),
    [
        ("due", 0, date(2026, 12, 3), date(2026, 12, 2), date(2026, 12, 3)),
        ("before", 4, date(2026, 12, 3), date(2026, 12, 2), date(2026, 12, 7)),
        ("monthly", 15, date(2026, 12, 15), date(2026, 12, 14), date(2027, 1, 14)),
        ("monthly", 15, date(2026, 12, 16), date(2026, 12, 15), None),
        ("monthly", 15, date(2026, 12, 17), date(2026, 12, 13), date(2027, 1, 14)),
        ("monthly", 31, date(2027, 2, 28), date(2027, 2, 27), date(2027, 3, 30)),
        ("monthly", 31, date(2027, 3, 2), date(2027, 2, 25), date(2027, 3, 30)),
    ],
)
def test_which_due_dates_a_day_reaches(timing: str, days: int, run_on: date, since: date, horizon: date | None) -> None:
    assert Autopay(timing=timing, days=days).horizon(run_on, since=since) == horizon


def test_a_debit_that_the_bank_blocks_stops_it_and_says_why(world: World) -> None:
    payee = world.nordwind.legal_entities.get(is_default=True)
    blocked = next(each for each in sandbox_accounts.TEST_ACCOUNTS if "R29" in str(each.turns))
    account = saved_account(world, "tom", payee, account=blocked.number)
    order = on_autopay(world, saved=account)
    bill(world, "100.00")
    work()
    (first,) = payments()
    sandbox_charge.turn(SandboxCharge.objects.get(reference=first.pk).pk, now=clock.now() + timedelta(days=10))
    assert (first.state, hear(first).state) == ("pending", "returned")
    bill(world, "50.00")
    work()
    for row in (order, account):
        row.refresh_from_db()
    assert (order.state, order.stop_reason, account.stop_reason, amounts()) == ("stopped", "R29", "R29", ["100.00"])
    assert "debits of this company account are blocked" in order.stop_sentence
    (stopped,) = [event for event in events.about(order) if event.name == "autopay.stopped"]
    assert stopped.data["because"] == "R29"
    with refused("method_not_usable"):
        order.resume(world.actor("tom"))


def test_it_is_set_up_once_by_who_may_and_ends(world: World) -> None:
    payee = world.nordwind.legal_entities.get(is_default=True)
    card = saved_card(world, "tom", payee)
    with refused("not_your_role", 403):
        autopay.set_up(world.actor("clara"), card, currency="EUR")
    with refused("wrong_days", 422):
        on_autopay(world, saved=card, timing="monthly", days=0)
    with refused("wrong_cap", 422):
        on_autopay(world, saved=card, caps={"cap": Money.parse("1.00", "USD")})
    order = on_autopay(world, saved=card)
    with refused("autopay_twice", 409):
        on_autopay(world, saved=card)
    order.end(world.actor("tom"))
    bill(world, "10.00")
    work()
    assert payments() == []
    assert list(Autopay.objects.visible_to(world.actor("clara"))) == [order]
    assert not Autopay.objects.visible_to(world.actor("anna")).exists()
    on_autopay(world, saved=card)


def test_a_run_that_fell_in_the_middle_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny, main = on_autopay(world), None
    bill(world, "100.00")
    monkeypatch.setattr(autopay_run, "_write", _fall)
    with pytest.raises(KeyboardInterrupt):
        autopay_run.run()
    tiny.refresh_from_db()
    assert (tiny.looked_on, payments(), main) == (None, [], None)
    monkeypatch.undo()
    assert (autopay_run.run(), autopay_run.run()) == (1, 0)
    assert amounts() == ["100.00"]


def _fall(*_: Any) -> None:
    raise KeyboardInterrupt
