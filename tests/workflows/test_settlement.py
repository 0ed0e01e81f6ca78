"""The providers' books held against ours every day, and everything recomputed every night; each difference is named."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest

from eipp.gateways.gateway import NoAnswer
from eipp.gateways.models import SandboxCharge, SandboxTransaction
from eipp.gateways.sandbox import Sandbox
from eipp.kernel import clock
from eipp.kernel.events import Event
from eipp.ledger.models import AccountBalance
from tests.workflows.bank_file import Line, applied, camt
from tests.workflows.doing import assert_sound, at_the_page, enter, eur, paid, posted
from tests.world import World
from workflows import gateway_check, settlement, settlement_payout, settlement_talk, verification
from workflows.jobs import list_settlements, verify_books
from workflows.payment import Payment
from workflows.settlement_line import SettlementDay, SettlementLine
from workflows.settlement_payout import SettlementPayout
from workflows.verification import Verification, VerificationFinding

Patch = pytest.MonkeyPatch


@pytest.fixture
def payment(world: World) -> Payment:
    return paid(world, "tom", world.invoice("100.00", account="tiny_account"))


def today() -> date:
    return clock.now().astimezone(UTC).date()


def unlike(world: World) -> list[tuple[str, int, int]]:
    found = settlement.differences(world.actor("clara"), first=today(), last=today())
    return [(one.reason, one.theirs.minor, one.ours.minor) for one in found]


def listing_more(patch: Patch, change: Callable[[list], list]) -> None:
    """The provider's list is another one than its books."""
    honest = Sandbox.transactions
    patch.setattr(Sandbox, "transactions", lambda self, day: change(list(honest(self, day))))


def test_what_the_provider_lists_is_what_stands_in_our_books(world: World, payment: Payment) -> None:
    list_settlements()
    (line,) = SettlementLine.objects.all()
    assert (line.payment_id, line.kind, line.amount, line.method) == (payment.pk, "charge", posted(payment), "card")
    (sums,) = settlement.by_day(world.actor("clara"), first=today(), last=today())
    assert (sums.theirs, sums.ours, sums.net) == ({"charge": 10000}, 10000, 10000)
    assert unlike(world) == []
    assert settlement.by_day(world.actor("paula"), first=today(), last=today()) == []


def test_a_day_is_listed_again_and_each_line_is_kept_once(world: World, payment: Payment) -> None:
    for _ in range(2):
        settlement_talk.list_day("sandbox", payment.legal_entity, today(), now=clock.now())
    paid(world, "tom", world.invoice("50.00", account="tiny_account"))
    assert settlement_talk.list_what_is_missing(now=clock.now()) == 0
    assert unlike(world) == [("not_listed_yet", 0, 5000)]
    assert settlement_talk.list_what_is_missing(now=clock.now() + settlement_talk.AGAIN * 2) == 1
    assert sorted(SettlementLine.objects.values_list("amount_minor", flat=True)) == [5000, 10000]
    assert unlike(world) == []


def test_each_kind_of_difference_is_named(world: World, payment: Payment, monkeypatch: Patch) -> None:
    paid(world, "tom", world.invoice("50.00", account="tiny_account"))

    def other(lines: list) -> list:
        (first, _) = lines
        return [replace(first, amount=eur("99.00")), replace(first, reference=uuid4(), amount=eur("7.00"))]

    with monkeypatch.context() as patch:
        listing_more(patch, other)
        list_settlements()
    assert sorted(unlike(world)) == [("not_there", 0, 5000), ("other_amount", 9900, 10000), ("stranger", 700, 0)]
    unheard = enter(world, "tom", world.invoice("30.00", account="tiny_account"))
    line = replace(Sandbox().transactions(today())[0], reference=unheard.pk, amount=eur("30.00"))
    with monkeypatch.context() as patch:  # it has the money, and we have not heard
        listing_more(patch, lambda lines: [line])
        settlement_talk.list_day("sandbox", payment.legal_entity, today(), now=clock.now())
    assert ("not_here", 3000, 0) in unlike(world)


def test_a_provider_that_does_not_answer_is_asked_again_and_keeps_nobody_waiting(
    world: World, payment: Payment, monkeypatch: Patch
) -> None:
    def silent(self: Sandbox, day: date) -> list:
        raise NoAnswer("nobody there")

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "transactions", silent)
        list_settlements()
    assert (SettlementDay.objects.get().trouble, SettlementLine.objects.count()) == ("nobody there", 0)
    settlement_talk.list_what_is_missing(now=clock.now() + settlement_talk.AGAIN * 2)
    assert (SettlementDay.objects.get().trouble, SettlementDay.objects.get().lines) == ("", 1)


def test_the_report_reconciles_and_opens_into_the_lines(world: World, payment: Payment) -> None:
    list_settlements()
    clara = world.client("clara")
    page = clara.get("/desk/reports/settlement/").content.decode()
    assert "Sandbox" in page and "100.00" in page
    lines = clara.get(unescape(re.findall(r'href="(/desk/reports/settlement/rows/[^"]+)"', page)[0])).content.decode()
    assert payment.number in lines
    for ending in ("csv", "xlsx", "pdf"):
        assert clara.get(f"/desk/reports/settlement/?format={ending}").status_code == 200
    assert world.client("tom").get("/reports/settlement/").status_code == 404


def test_the_nightly_check_is_due_once_a_night_and_finds_nothing_in_right_books(
    world: World, payment: Payment, settle: Callable[[], None]
) -> None:
    settle()
    evening = datetime(2026, 6, 15, 20, tzinfo=UTC)
    assert verification.is_due(evening)
    verify_books()
    row = Verification.objects.get()
    assert (row.found, VerificationFinding.objects.count()) == (0, 0)
    verify_books()
    assert Verification.objects.count() == 1
    assert not Event.objects.filter(name="verification.differed").exists()


def test_a_payment_that_is_something_else_at_its_provider_is_named_and_told(
    world: World, payment: Payment, monkeypatch: Patch
) -> None:
    honest = Sandbox.look
    monkeypatch.setattr(Sandbox, "look", lambda self, reference: replace(honest(self, reference), amount=eur("90.00")))
    row = verification.run(now=clock.now())
    (finding,) = row.findings.all()
    assert finding.supplier == world.nordwind
    assert finding.text == f"payment {payment.number}: sandbox received 90.00 EUR, our books say 100.00 EUR"
    (event,) = Event.objects.filter(name="verification.differed")
    assert (event.supplier_id, event.internal, event.data) == (world.nordwind.pk, True, {"count": 1})
    page = world.client("mona").get("/desk/reports/nightly_check/").content.decode()
    assert "our books say 100.00" in page
    assert "our books say" not in world.client("pete").get("/desk/reports/nightly_check/").content.decode()


def test_what_we_have_not_heard_of_is_taken_up_before_it_counts_as_a_difference(world: World) -> None:
    late = enter(world, "tom", world.invoice("30.00", account="tiny_account"))
    at_the_page(late)
    assert list(gateway_check.differences(days=2)) == []
    late.refresh_from_db()
    assert late.state == "settled"


def test_a_provider_that_lost_a_payment_is_named(world: World, payment: Payment) -> None:
    SandboxCharge.objects.all().delete()
    (found,) = gateway_check.differences(days=2)
    assert str(found) == f"payment {payment.number}: it is settled here and missing at sandbox"


def test_a_balance_that_was_changed_is_found_in_the_night(world: World, payment: Payment) -> None:
    AccountBalance.objects.filter(account=world.tiny_account).update(unapplied_minor=1)
    row = verification.run(gateways=False, now=clock.now())
    assert row.found >= 1
    suppliers = set(Event.objects.filter(name="verification.differed").values_list("supplier_id", flat=True))
    assert suppliers == {world.nordwind.pk, world.pacific.pk}


@pytest.mark.parametrize("reference", ["", "-", "P-1"])
def test_a_payout_without_a_name_of_its_own_takes_nobodys_money(world: World, payment: Payment, reference: str) -> None:
    facts = {"supplier_id": payment.supplier_id, "legal_entity_id": payment.legal_entity_id, "gateway": "sandbox"}
    SettlementPayout.objects.create(reference=reference, currency="EUR", amount_minor=9860, on=today(),
                                    listed_at=clock.now(), **facts)  # fmt: skip
    day = today().isoformat()
    statement = applied(world, camt(Line("98.60", name="A customer", text="Invoice P-1", day=day), day=day))
    assert settlement_payout.match_all(now=clock.now()) == 0
    assert [row.outcome for row in statement.entries.all()] == ["waiting"]


def test_a_payout_is_found_on_the_bank_statement_and_the_sums_agree(world: World, payment: Payment) -> None:
    day, before = today(), today() - timedelta(days=1)
    SandboxTransaction.objects.update(on=before)  # it was charged yesterday, by the provider's day
    for each in (before, day):
        settlement_talk.list_day("sandbox", payment.legal_entity, each, now=clock.now())
    sums = settlement.by_day(world.actor("clara"), first=before, last=day)
    assert (sum(row.net for row in sums), sum(row.ours for row in sums)) == (10000, 10000)
    assert sum(row.fees for row in sums) == 140
    payout = SettlementPayout.objects.get()
    assert (payout.amount, payout.on, payout.entry) == (eur("98.60"), day, None)
    other = Line("98.60", name="Sandbox", text="SBX OTHER", day=day.isoformat())
    mine = Line("98.60", name="Sandbox", text=f"PAYOUT {payout.reference}", day=day.isoformat())
    statement = applied(world, camt(other, mine, day=day.isoformat()))
    for _ in range(2):
        settlement_payout.match_all(now=clock.now())
    payout.refresh_from_db()
    assert payout.entry and payout.reference in payout.entry.text
    assert (payout.entry.outcome, payout.entry.receipt) == ("noted", None)
    assert [row.outcome for row in statement.entries.order_by("position")] == ["waiting", "noted"]
    clara = world.client("clara")
    first, last = before.isoformat(), day.isoformat()
    page = clara.get(f"/desk/reports/settlement/?from={first}&to={last}").content.decode()
    assert payout.reference in page and "98.60" in page and "1.40" in page
    assert "; 0.00 of the period is still with the provider" in page
    assert_sound()
