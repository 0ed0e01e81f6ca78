"""What a buyer promised or announced is not chased until its day, holds nothing back, and is judged by the ledger."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from eipp.kernel import clock
from eipp.ledger import payable, posting
from eipp.ledger.models import Invoice
from tests.workflows.doing import approve, assert_sound, at_the_page, enter, eur, hear, paid, refused, told
from tests.world import World
from workflows import announced_payment, jobs, promise
from workflows.announced_payment import AnnouncedPayment
from workflows.promise import Promise

Move = Callable[[int], None]


def today() -> date:
    return clock.today("Europe/Berlin")


def promised(world: World, *shares: tuple[Invoice, str], who: str = "tom", in_days: int = 3) -> Promise:
    pairs = [(invoice, eur(amount)) for invoice, amount in shares]
    return promise.make(world.actor(who), pairs, promised_on=today() + timedelta(days=in_days), attempt=uuid4())


def announced(world: World, *shares: tuple[Invoice, str], in_days: int = 1, **facts: Any) -> AnnouncedPayment:
    pairs = [(invoice, eur(amount)) for invoice, amount in shares]
    return announced_payment.announce(world.actor(facts.pop("who", "tom")), pairs, bank_run=uuid4(),
                                      pays_on=today() + timedelta(days=in_days), **facts)  # fmt: skip


def bill(world: World, total: str) -> Invoice:
    return world.invoice(total, account="tiny_account")


def come(world: World, invoice: Invoice, amount: str) -> None:
    receipt = posting.post_receipt(world.erp("nordwind"), account=invoice.account, amount=eur(amount),
                                   received_on=today(), kind="transfer")  # fmt: skip
    posting.apply_receipt(world.erp("nordwind"), receipt, [(invoice, eur(amount))])


def chased(invoice: Invoice) -> str:
    return payable.of_invoice(Invoice.objects.get(pk=invoice.pk), on=today()).chased.text


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Let so many days pass, from the beginning."""
    real = clock.now

    def move(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))

    return move


@pytest.mark.parametrize(
    ("came", "state"), [(("60.00", "40.00"), "kept"), (("60.00",), "part_kept"), ((), "broken")],
    ids=["all", "part", "nothing"],
)  # fmt: skip
def test_a_promise_is_kept_kept_in_part_or_broken(
    world: World, later: Move, came: tuple[str, ...], state: str, settle: Callable[[], None]
) -> None:
    invoice = bill(world, "150.00")
    made = promised(world, (invoice, "100.00"))
    assert chased(invoice) == "50.00"
    for amount in came:
        come(world, invoice, amount)
    jobs.follow_expected_money()
    made.refresh_from_db()
    assert made.state == ("kept" if state == "kept" else "promised")
    later(3)
    jobs.follow_expected_money()
    made.refresh_from_db()
    assert made.state == ("kept" if state == "kept" else "promised")  # the day itself is not over yet
    later(4)
    jobs.follow_expected_money()
    made.refresh_from_db()
    assert (made.state, made.came) == (state, sum((eur(each) for each in came), eur("0.00")))
    assert chased(invoice) == str((eur("150.00") - made.came).text)
    assert told(made) == ["promise.made", f"promise.{state}"]
    settle()
    assert_sound()


def test_money_on_the_way_on_the_day_is_waited_for(world: World, later: Move) -> None:
    invoice = bill(world, "100.00")
    made = promised(world, (invoice, "100.00"))
    payment = enter(world, "tom", invoice)
    at_the_page(payment)
    later(4)
    jobs.follow_expected_money()
    made.refresh_from_db()
    assert made.state == "promised"
    hear(payment)
    jobs.follow_expected_money()
    made.refresh_from_db()
    assert made.state == "kept"


def test_ar_notes_a_promise_and_the_customer_hears_of_it(world: World, settle: Callable[[], None]) -> None:
    invoice = bill(world, "100.00")
    made = promised(world, (invoice, "70.00"), who="clara")
    settle()
    page = world.client("tom").get("/notifications/").content.decode()
    assert made.noted
    assert f"noted promise {made.number} of 70.00 EUR" in page
    with refused("said_already", 409):
        promised(world, (invoice, "10.00"))
    with refused("not_your_role", 403):
        promised(world, (bill(world, "5.00"), "5.00"), who="vera")
    with refused("more_than_open", 409):
        promised(world, (bill(world, "5.00"), "5.01"))
    made.withdraw(world.actor("tom"))
    assert chased(invoice) == "100.00"


def test_an_announced_payment_holds_nothing_and_ends_with_its_money(world: World) -> None:
    one, other = bill(world, "100.00"), bill(world, "30.00")
    made = announced(world, (one, "100.00"), (other, "30.00"))
    assert made.reference.startswith("RF")
    assert (chased(one), one.free.text) == ("0.00", "100.00")
    come(world, one, "100.00")
    jobs.follow_expected_money()
    made.refresh_from_db()
    assert made.state == "announced"
    paid(world, "tom", other)
    jobs.follow_expected_money()
    made.refresh_from_db()
    assert (made.state, made.came.text) == ("paid", "130.00")
    assert_sound()


def test_without_money_it_expires_and_is_chased_again(world: World, later: Move, settle: Callable[[], None]) -> None:
    invoice = bill(world, "100.00")
    made = announced(world, (invoice, "100.00"))
    later((made.expires_on - today()).days)
    jobs.follow_expected_money()
    assert AnnouncedPayment.objects.get(pk=made.pk).state == "announced"
    later((made.expires_on - today()).days + 10)
    jobs.follow_expected_money()
    assert AnnouncedPayment.objects.get(pk=made.pk).state == "expired"
    assert chased(invoice) == "100.00"
    settle()
    assert_sound()


def test_what_is_not_approved_is_not_announced(world: World) -> None:
    invoice = world.invoice("100.00")
    with refused("approval_missing", 409):
        announced(world, (invoice, "100.00"), who="anna")
    approve(world, "ben", invoice)
    assert announced(world, (invoice, "100.00"), who="anna").state == "announced"
