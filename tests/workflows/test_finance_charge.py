"""Late fees: one for each invoice and period, with the balances of its day, however late or often the job runs."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction

from eipp.analytics.ageing import ageing, rows_of
from eipp.kernel import relays
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.balance import summary
from eipp.ledger.finance_charge import FinanceCharge
from eipp.ledger.finance_charge_rule import FinanceChargeRule
from eipp.ledger.finance_charge_setting import Wish, preview, set_rule
from eipp.ledger.models import Invoice
from eipp.ledger.payable import of_accounts
from eipp.ledger.statement import statement
from tests.workflows.doing import assert_sound, eur, refused
from tests.world import World
from workflows import finance_charge
from workflows.authorised import grant
from workflows.authority import AuthorityRequest
from workflows.dispute import open_dispute
from workflows.finance_charge import PLATFORM, unfounded
from workflows.finance_charge_waiver import waive
from workflows.jobs import charge_late_fees

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)
DUE = date(2026, 3, 10)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(BEGIN, tick=False) as traveller:
        yield traveller


def ruled(world: World, **wish: Any) -> FinanceChargeRule:
    """Nordwind charges from tomorrow on; 1 % for each month unless something else is wished for."""
    whole = {"kind": "percent_of_period", "percent": Decimal(1), "currency": "EUR", "grace_days": 5} | wish
    return set_rule(world.actor("mona"), world.nordwind, Wish(**whole))


def owed(world: World, amount: str = "1000.00", **facts: Any) -> Invoice:
    return world.invoice(amount, issued=date(2026, 2, 20), **({"due": DUE, "account": "tiny_account"} | facts))


def run(clock: Any, day: date) -> None:
    clock.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    charge_late_fees()


def sound() -> None:
    """The books are right, once the courier has been."""
    while relays.run_once():
        pass
    assert_sound()


def charged(invoice: Invoice) -> list[tuple[str, str]]:
    rows = FinanceCharge.objects.filter(invoice=invoice).order_by("charged_for", "pk")
    return [(row.charged_for.isoformat(), row.amount.text) for row in rows]


@pytest.mark.django_db
def test_a_late_fee_is_charged_once_for_each_month_and_is_owed_like_an_invoice(world: World, clock: Any) -> None:
    ruled(world)
    invoice = owed(world)
    for _ in range(3):
        run(clock, date(2026, 3, 15))
    assert charged(invoice) == []  # the last day of grace
    for day in (date(2026, 3, 16), date(2026, 3, 17), date(2026, 4, 16)):
        run(clock, day)
        run(clock, day)
    assert charged(invoice) == [("2026-03-16", "10.00"), ("2026-04-16", "10.00")]
    fee = FinanceCharge.objects.filter(invoice=invoice).order_by("charged_for").first()
    assert fee
    assert (fee.document.number, fee.document.open.text, fee.document.due_date) == (
        "FC-2026-00001", "10.00", date(2026, 3, 30),
    )  # fmt: skip
    assert fee.reason == (
        "1% for the time from 16 Mar 2026 to 15 Apr 2026 on 1,000.00 EUR of invoice "
        f"{invoice.number}, which was due on 10 Mar 2026."
    )
    assert fee.document.lines.get().description == fee.reason
    told = Event.objects.filter(name="finance_charge.posted")
    assert [event.data["amount"] for event in told] == ["10.00", "10.00"]
    owes = of_accounts(world.actor("tom"), [world.tiny_account], on=date(2026, 4, 16))["EUR"]
    assert (owes.open.text, owes.charges.text, owes.payable.text) == ("1020.00", "20.00", "1020.00")
    assert [(part.word, part.amount.text) for part in owes.parts()] == [("open", "1000.00"), ("late fees", "20.00")]
    closing = statement(world.actor("tom"), world.tiny_account).sections[0]
    assert closing.closing.text == "1020.00"
    assert [item.what for item in closing.items] == ["Invoice", "Late fee", "Late fee"]
    sound()


def story(world: World, clock: Any, *, late: bool) -> list[tuple[str, str, int]]:
    """Sixty days with payments, credit and disputes; what was charged by invoice and day. late: the job runs once, on
    the last day, else on each."""
    with transaction.atomic():
        clock.move_to(BEGIN)
        ruled(world, compounding=True, every_days=7, grace_days=0, cap=eur("90.00"))
        ruled(world, account=world.main, kind="percent_of_year", percent=Decimal("9.25"), every_days=10)
        one, two = owed(world), owed(world, account="main")
        dispute = None
        for number in range(1, 61):
            clock.move_to(BEGIN + timedelta(days=number, hours=number % 24 - 9))
            if not late or number == 60:
                charge_late_fees()
            match number:
                case 20:
                    receipt = posting.post_receipt(PLATFORM, account=world.tiny_account, amount=eur("333.33"),
                                                   received_on=DUE, kind="transfer")  # fmt: skip
                    posting.apply_receipt(PLATFORM, receipt, [(one, eur("333.33"))])
                case 25:
                    dispute = open_dispute(world.actor("tom"), one, reason="price", amount=eur("200.00"))
                    open_dispute(world.actor("anna"), two, reason="price", amount=eur("500.00"))
                case 40:
                    assert dispute
                    dispute.decline(world.actor("mona"), reason="The price was agreed.")
                case 55:
                    receipt = posting.post_receipt(PLATFORM, account=world.main, amount=eur("500.00"),
                                                   received_on=DUE, kind="transfer")  # fmt: skip
                    posting.apply_receipt(PLATFORM, receipt, [(two, eur("500.00"))])
        charge_late_fees()
        sound()
        found: dict[tuple[str, str], int] = defaultdict(int)
        for row in FinanceCharge.objects.select_related("invoice"):
            found["one" if row.invoice == one else "two", row.charged_for.isoformat()] += row.amount_minor
        transaction.set_rollback(True)
    return sorted((*key, amount) for key, amount in found.items())


@pytest.mark.django_db
def test_a_job_that_runs_late_charges_what_it_would_have_charged_in_time(world: World, clock: Any) -> None:
    in_time = story(world, clock, late=False)
    assert story(world, clock, late=True) == in_time
    by_invoice = {name: [amount for key, _, amount in in_time if key == name] for name in ("one", "two")}
    assert by_invoice["one"][:3] == [1000, 1010, 687]  # 1 % of 1,000.00; of 1,010.00; of 1,020.10 less 333.33 paid
    assert sum(by_invoice["one"]) <= 9000
    assert by_invoice["two"] == [380, 127, 127, 127]  # 9.25 % a year: 15 days on all, then 10 on the undisputed half


@pytest.mark.django_db
def test_what_is_disputed_waits_and_is_made_up_for_once_the_dispute_is_declined(world: World, clock: Any) -> None:
    ruled(world)
    invoice = owed(world)
    dispute = open_dispute(world.actor("tom"), invoice, reason="price", amount=eur("400.00"))
    run(clock, date(2026, 3, 16))
    assert charged(invoice) == [("2026-03-16", "6.00")]
    clock.shift(timedelta(days=3))
    dispute.decline(world.actor("mona"), reason="The price was agreed.")
    assert charged(invoice) == [("2026-03-16", "6.00"), ("2026-03-16", "4.00")]
    made_up = FinanceCharge.objects.get(cause=str(dispute.pk))
    assert "400.00 EUR" in made_up.reason
    dispute.refresh_from_db()
    dispute.escalate(world.actor("tom"))
    dispute.accept(world.actor("mona"))
    made_up.refresh_from_db()
    assert (made_up.waived.text, made_up.document.open.text) == ("4.00", "0.00")
    sound()


@pytest.mark.django_db
def test_ar_waives_a_late_fee_within_its_authority_and_above_it_with_a_second_person(world: World, clock: Any) -> None:
    ruled(world)
    invoice = owed(world)
    run(clock, date(2026, 3, 16))
    fee = FinanceCharge.objects.get(invoice=invoice)
    for who, code, facts in (
        ("tom", "not_your_role", {}), ("mona", "reason_missing", {"reason": " "}),
        ("mona", "more_than_charged", {"amount": eur("10.01")}), ("mona", "more_than_charged", {"amount": eur("0.00")}),
    ):  # fmt: skip
        with refused(code):
            waive(world.actor(who), fee, **({"reason": "A good customer"} | facts))
    waive(world.actor("mona"), fee, reason="A good customer", amount=eur("3.00"))
    asked = waive(world.actor("clara"), fee, reason="The rest as well")
    assert isinstance(asked, AuthorityRequest)
    fee.document.refresh_from_db()
    assert fee.document.open.text == "7.00"
    grant(world.actor("mona"), asked)
    fee.refresh_from_db()
    assert (fee.waived.text, fee.waiver_reason, fee.document.open.text) == ("10.00", "The rest as well", "0.00")
    with refused("nothing_to_waive"):
        waive(world.actor("mona"), fee, reason="Once more")
    told = Event.objects.filter(name="finance_charge.waived").order_by("pk")
    assert [(event.data["amount"], event.data["invoice"]) for event in told] == [
        ("3.00", invoice.number), ("7.00", invoice.number),
    ]  # fmt: skip
    run(clock, date(2026, 3, 20))
    assert charged(invoice) == [("2026-03-16", "10.00")]
    sound()


@pytest.mark.django_db
def test_a_run_that_stops_between_two_batches_goes_on_where_it_was(world: World, clock: Any) -> None:
    ruled(world)
    invoices = [owed(world) for _ in range(7)]
    clock.move_to(datetime(2026, 3, 16, 9, tzinfo=UTC))
    batches = finance_charge.charge(world.nordwind, now=datetime.now(UTC), batch=2)
    assert [next(batches), next(batches)] == [2, 2]
    batches.close()
    rest = list(finance_charge.charge(world.nordwind, now=datetime.now(UTC), batch=2))
    assert rest == [2, 1]
    assert list(finance_charge.charge(world.nordwind, now=datetime.now(UTC))) == []
    assert [charged(invoice) for invoice in invoices] == [[("2026-03-16", "10.00")]] * 7
    numbers = FinanceCharge.objects.order_by("document__number").values_list("document__number", flat=True)
    assert list(numbers) == [f"FC-2026-{number:05}" for number in range(1, 8)]


@pytest.mark.django_db
def test_the_narrowest_rule_holds_and_none_charges_before_its_day(world: World, clock: Any) -> None:
    fee = {"kind": "fixed", "fixed": eur("40.00"), "percent": None, "grace_days": 0}
    ruled(world, **fee)
    ruled(world, account=world.main, kind="none")
    ruled(world, starts_on=date(2026, 4, 1), kind="none")
    free, charged_once, other = owed(world, account="main"), owed(world), owed(world, currency="USD")
    run(clock, date(2026, 5, 1))
    assert [charged(each) for each in (free, charged_once, other)] == [[], [("2026-03-11", "40.00")], []]
    ruled(world, account=world.main, kind="wider")
    ruled(world, **fee, every_days=3)
    run(clock, date(2026, 5, 4))
    assert charged(free) == [("2026-05-04", "40.00")]


@pytest.mark.django_db
def test_an_unfit_rule_is_refused_and_a_preview_writes_nothing(world: World, clock: Any) -> None:
    for field, wish in {
        "kind": {"kind": "guessed"}, "percent": {"percent": Decimal(101)}, "every_days": {"every_days": 0},
        "starts_on": {"starts_on": BEGIN.date()}, "fixed": {"kind": "fixed"}, "cap": {"cap": Money(5, "JPY")},
        "grace_days": {"grace_days": 400}, "due_days": {"due_days": -1},
    }.items():  # fmt: skip
        with refused(f"unfit_{field}", 422):
            ruled(world, **wish)
    with refused("not_your_role", 403):
        set_rule(world.actor("clara"), world.nordwind, Wish(kind="none", currency="EUR"))
    rule = ruled(world)
    owed(world)
    found = preview(world.nordwind, rule, first=date(2026, 3, 1), last=date(2026, 4, 30), unfounded=unfounded)
    assert [(each.charged_for, each.amount) for each in found] == [(date(2026, 3, 16), 1000), (date(2026, 4, 16), 1000)]
    assert not FinanceCharge.objects.exists()


@pytest.mark.django_db
def test_ageing_summary_and_statement_agree_on_late_fees_to_the_cent_on_any_day(world: World, clock: Any) -> None:
    ruled(world, every_days=7)
    larger, _ = owed(world), owed(world, "333.33")
    for day in (date(2026, 3, 20), date(2026, 3, 27), date(2026, 4, 5)):
        run(clock, day)
    waive(world.actor("mona"), larger.finance_charges.order_by("charged_for")[0], reason="The first time")
    mona, totals = world.actor("mona"), {}
    for day in (date(2026, 3, 19), date(2026, 3, 20), date(2026, 3, 27), date(2026, 4, 5)):
        (row,) = ageing(mona, on=day)
        (section,) = statement(mona, world.tiny_account, last=day).sections
        fees = [item.open.minor for item in section.items if item.kind == "finance_charge"]
        totals[day] = (row.charges.minor, sum(fees))
        assert row.balance == section.closing
        opened = rows_of(mona, "late_fees", on=day)
        assert sum(each.open_then for each in opened) == row.charges.minor
    assert totals == {date(2026, 3, 19): (0, 0), date(2026, 3, 20): (1333, 1333), date(2026, 3, 27): (2666, 2666),
                      date(2026, 4, 5): (2999, 2999)}  # fmt: skip
    (now,) = summary(mona, on=date(2026, 4, 5))
    parts = now.past_due + now.due_today + now.due_soon + now.not_yet_due
    assert (now.payable.charges.minor, parts.charges.minor) == (2999, 2999)
