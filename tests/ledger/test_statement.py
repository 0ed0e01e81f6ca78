"""Statements: any day and any period, from what was posted, the same whenever they are asked for."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.journal import Posting
from eipp.ledger.statement import BALANCE_FORWARD, OPEN_ITEM, Statement, statement
from eipp.ledger.statement_figures import OWED
from tests.counts import rounds
from tests.ledger.test_reference import MOVES, Histories
from tests.ledger.world import ACTOR, World

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 12


def owed(histories: Histories, account: str) -> dict[str, int]:
    """What the reference ledger says is owed now, by currency: open invoices less what is not used yet."""
    reference = histories.reference
    sums: dict[str, int] = defaultdict(int)
    for key, paper in reference.invoices.items():
        sums[paper.currency] += reference.open(key) * (paper.account == account)
    for key, paper in (reference.receipts | reference.credits).items():
        sums[paper.currency] -= reference.left(key) * (paper.account == account)
    return {currency: minor for currency, minor in sums.items() if minor}


def opened(histories: Histories, account: str) -> dict[Any, int]:
    """What is open of each document now."""
    reference = histories.reference
    found = {key: reference.open(key) for key, row in reference.invoices.items() if row.account == account}
    for key, paper in (reference.receipts | reference.credits).items():
        if paper.account == account:
            found[key] = -reference.left(key)
    return {key: minor for key, minor in found.items() if minor}


def closing(found: Statement) -> dict[str, int]:
    return {section.currency: section.closing.minor for section in found.sections if section.closing}


def recomputed(account: CustomerAccount, last: date) -> dict[str, int]:
    """The balance at the end of a day, added up from the first posting on."""
    sums: dict[str, int] = defaultdict(int)
    for row in Posting.objects.filter(account=account, posting_date__lte=last):
        sums[row.currency] += row.amount_minor * ((row.target in OWED) - (row.source in OWED))
    return {currency: minor for currency, minor in sums.items() if minor}


@pytest.mark.parametrize("seed", range(rounds(20)))
@pytest.mark.django_db
def test_a_statement_of_any_past_day_says_what_a_ledger_written_separately_said_on_that_day(seed: int) -> None:
    chance, histories = Random(seed), Histories()
    said: dict[date, dict[str, tuple[dict[str, int], dict[Any, int]]]] = {}
    with time_machine.travel(BEGIN, tick=False) as clock:
        histories.begin(chance.sample(["EUR", "JPY", "KWD", "CLF"], 2))
        try:
            world = histories.world
            for number in range(DAYS):
                clock.move_to(BEGIN + timedelta(days=number))
                for _ in range(chance.randint(0, 6)):
                    MOVES[chance.randrange(len(MOVES))](histories, chance)
                said[BEGIN.date() + timedelta(days=number)] = {
                    name: (owed(histories, name), opened(histories, name)) for name in ("1001", "1002")
                }
            check(world, said)
        finally:
            histories.teardown()


def check(world: World, said: dict[date, Any]) -> None:
    actor = world.buyer_actor()
    for account in (world.account, world.branch):
        for day, expected in said.items():
            balances, documents = expected[account.number]
            items = statement(actor, account, kind=OPEN_ITEM, last=day)
            assert closing(items) == balances == recomputed(account, day)
            found = {item.document.pk: item.open.minor for section in items.sections for item in section.items}
            assert found == documents
            assert closing(statement(actor, account, kind=BALANCE_FORWARD, first=day, last=day)) == balances
        check_chain(actor, account, sorted(said))


def check_chain(actor: Actor, account: CustomerAccount, days: list[date]) -> None:
    """Periods that follow each other: each opens with what the one before closed with, and together they are one."""
    middle = days[len(days) // 2]
    parts = [(days[0], middle), (middle + timedelta(days=1), days[-1])]
    one, two = (statement(actor, account, kind=BALANCE_FORWARD, first=first, last=last) for first, last in parts)
    whole = statement(actor, account, kind=BALANCE_FORWARD, first=days[0], last=days[-1])
    opening = {section.currency: section.opening.minor for section in two.sections if section.opening}
    assert closing(one) == opening
    assert closing(two) == closing(whole)
    for section in whole.sections:
        assert section.opening + section.charged + section.credited == section.closing
    together = sorted(
        row.amount.minor for found in (one, two) for section in found.sections for row in section.movements
    )
    assert together == sorted(row.amount.minor for section in whole.sections for row in section.movements)


@pytest.mark.django_db
def test_a_statement_asked_for_again_gives_the_same_whatever_came_after(world: World) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        first, second = world.invoice("100.00"), world.invoice("50.00")
        receipt = world.receipt("120.00")
        posting.apply_receipt(ACTOR, receipt, [(first, Money.parse("70.00", "EUR"))])
        day = BEGIN.date()
        clock.move_to(BEGIN + timedelta(days=1))
        before = statement(world.buyer_actor(), world.account, last=day)
        posting.apply_receipt(ACTOR, receipt, [(second, Money.parse("50.00", "EUR"))])
        posting.reverse_receipt(ACTOR, receipt, reason="R01")
        posting.reverse_invoice(ACTOR, second, world.draft(Money.parse("20.00", "EUR"), number=second.number))
        posting.withdraw_invoice(ACTOR, first, reason="sent in error")
        again = statement(world.buyer_actor(), world.account, last=day)
    figures = [(item.reference, item.amount.text, item.open.text) for item in before.sections[0].items]
    assert [(item.reference, item.amount.text, item.open.text) for item in again.sections[0].items] == figures
    assert {text for _, _, text in figures} == {"30.00", "50.00", "-50.00"}
    assert again.sections[0].closing.text == before.sections[0].closing.text == "30.00"


@pytest.mark.django_db
def test_what_one_account_pays_for_another_moves_both_and_names_no_foreign_document(world: World) -> None:
    draft = world.draft(Money.parse("80.00", "EUR"))
    draft.account = world.branch
    (invoice,) = posting.post_invoices(ACTOR, [draft], now=datetime.now(UTC))
    receipt = world.receipt("80.00", reference="SECRET-REFERENCE")
    posting.apply_receipt(ACTOR, receipt, [(invoice, Money.parse("80.00", "EUR"))])
    for account in (world.account, world.branch):
        (section,) = statement(world.buyer_actor(), account, kind=BALANCE_FORWARD).sections
        assert (section.closing.minor, len(section.movements)) == (0, 2)
    (section,) = statement(world.buyer_actor(), world.branch, kind=BALANCE_FORWARD).sections
    assert [(row.what, row.reference) for row in section.movements] == [
        ("Invoice", invoice.number), ("Paid by another account", invoice.number),
    ]  # fmt: skip


@pytest.mark.django_db
def test_each_currency_has_a_section_of_its_own_with_its_own_decimals(world: World) -> None:
    for currency, amount in (("JPY", "12000"), ("KWD", "1.234"), ("EUR", "5.00")):
        world.invoice(Money.parse(amount, currency))
    found = statement(world.buyer_actor(), world.account)
    assert [section.closing.text for section in found.sections] == ["5.00", "12000", "1.234"]


@pytest.mark.django_db
def test_an_account_without_any_movement_has_an_empty_section(world: World) -> None:
    (section,) = statement(world.buyer_actor(), world.account).sections
    assert (section.currency, section.closing.text, section.items) == ("EUR", "0.00", ())


@pytest.mark.django_db
def test_a_stranger_reads_nothing_of_a_statement(world: World) -> None:
    world.invoice("100.00")
    stranger = World.make().buyer_actor()
    assert closing(statement(stranger, world.account)) == {}
    assert closing(statement(world.buyer_actor(), world.account)) == {"EUR": 10_000}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"last": date(2026, 3, 3)}, "future_day"),
        ({"kind": BALANCE_FORWARD, "first": date(2026, 3, 2), "last": date(2026, 3, 1)}, "period_backwards"),
        ({"kind": "guessed"}, "unknown_kind"),
        ({"last": date(1800, 1, 1)}, "too_early"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_stated_is_refused_with_a_sentence(world: World, asked: dict[str, Any], code: str) -> None:
    with time_machine.travel(BEGIN, tick=False), pytest.raises(Refusal) as refused:
        statement(world.buyer_actor(), world.account, **asked)
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert refused.value.sentence.endswith(".")


@pytest.mark.django_db
def test_today_is_the_suppliers_day(world: World) -> None:
    world.supplier.time_zone = "Pacific/Auckland"
    world.supplier.save()
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    with time_machine.travel(evening, tick=False):
        assert statement(world.buyer_actor(), CustomerAccount.objects.get(pk=world.account.pk)).last == date(2026, 3, 3)


@pytest.mark.django_db
def test_a_statement_takes_the_same_number_of_queries_whatever_its_rows(world: World) -> None:
    def queries(kind: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            statement(world.buyer_actor(), world.account, kind=kind)
        return len(seen)

    world.invoice("1.00")
    few = [queries(kind) for kind in (OPEN_ITEM, BALANCE_FORWARD)]
    for _ in range(20):
        world.invoice("1.00")
        world.receipt("1.00")
    assert [queries(kind) for kind in (OPEN_ITEM, BALANCE_FORWARD)] == few
