"""Bank statements: taken in once, in order, to the cent; what is wrong with one is kept with it and can be mended."""

import pytest

from documents.bank.reading import Hints
from documents.models import StoredFile
from eipp.accounts.models import LegalEntity
from eipp.ledger.models import CashReceipt
from tests.workflows.bank_file import IBAN, Line, applied, camt, load, outcomes, work
from tests.workflows.doing import assert_sound, eur, refused, told
from tests.world import World
from workflows import bank_intake
from workflows.bank_statement import BankStatement

SECOND = {"opening": "1050.00", "sequence": 2, "day": "2026-03-03"}
THIRD = {"opening": "1070.00", "sequence": 3, "day": "2026-03-04"}


def first() -> bytes:
    return camt(Line("50.00", name="Tiny Studio", bank_id="A"))


def second() -> bytes:
    return camt(Line("20.00", name="Tiny Studio", bank_id="B", day="2026-03-03"), **SECOND)


def third() -> bytes:
    return camt(Line("5.00", name="Tiny Studio", bank_id="C", day="2026-03-04"), **THIRD)


def received(world: World) -> str:
    rows = CashReceipt.objects.filter(account=world.tiny_account, reversed_at=None)
    return eur(f"{sum((row.amount.amount for row in rows), start=0):.2f}").text


def codes(statement: BankStatement) -> list[str]:
    statement.refresh_from_db()
    return [fault["code"] for fault in statement.faults]


def test_a_statement_is_read_and_applied_by_the_worker(world: World) -> None:
    statement = load(world, first())
    assert (statement.standing, outcomes(statement), statement.came) == ("received", [""], eur("50.00"))
    work()
    statement.refresh_from_db()
    assert (statement.standing, outcomes(statement), received(world)) == ("applied", ["account"], "50.00")
    assert told(statement) == ["bank_statement.received", "bank_statement.applied"]
    assert_sound()


def test_the_same_statement_again_changes_nothing(world: World) -> None:
    statement = applied(world, first())
    again = first().replace(b"\n<", b"<")  # other bytes, the same content
    stored = load(world, again)
    work()
    assert (stored.pk, BankStatement.objects.count(), received(world)) == (statement.pk, 1, "50.00")


def test_a_booking_that_an_earlier_statement_had_is_counted_once(world: World) -> None:
    applied(world, first())
    both = camt(
        Line("50.00", name="Tiny Studio", bank_id="A"), Line("20.00", name="Tiny Studio", bank_id="B"),
        sequence=None, number="other",
    ).replace(b"OPBD", b"OPAV").replace(b"CLBD", b"CLAV")  # fmt: skip
    statement = applied(world, both)
    assert (outcomes(statement), received(world)) == (["known", "account"], "70.00")
    assert_sound()


def test_what_a_notification_took_apart_is_not_counted_again_as_one(world: World) -> None:
    parts = (Line("30.00", name="Tiny Studio"), Line("20.00", name="Tiny Studio"))
    told = camt(Line("50.00", parts=parts, bank_id="BATCH"), sequence=None, number="notification")
    applied(world, told.replace(b"OPBD", b"ITBD").replace(b"CLBD", b"ITBD"))
    assert received(world) == "50.00"
    statement = applied(world, camt(Line("50.00", text="collected", bank_id="BATCH")))
    assert (outcomes(statement), statement.standing, received(world)) == (["known"], "applied", "50.00")
    assert_sound()


def test_a_gap_in_the_numbers_holds_it_until_what_is_missing_comes(world: World) -> None:
    applied(world, first())
    late = applied(world, third())
    assert (codes(late), late.standing, received(world)) == (["does_not_follow", "out_of_order"], "held", "50.00")
    assert late.faults[1]["message"] == "Statement 3 follows 1: send what lies between."
    applied(world, second())
    late.refresh_from_db()
    assert (late.standing, late.faults, received(world)) == ("applied", [], "75.00")


def test_ar_takes_in_one_out_of_order_saying_why(world: World) -> None:
    applied(world, first())
    late, clara = applied(world, third()), world.actor("clara")
    with refused("reason_missing", 422):
        bank_intake.accept(clara, late, reason=" ")
    bank_intake.accept(clara, late, reason="The bank skips a number at the weekend")
    with refused("not_held", 409):
        bank_intake.accept(clara, late, reason="again")
    work()
    late.refresh_from_db()
    assert (late.standing, late.accept_reason, received(world)) == (
        "applied", "The bank skips a number at the weekend", "55.00",
    )  # fmt: skip


def test_one_that_ends_before_what_is_in_already_is_held_unless_it_leads_there(world: World) -> None:
    applied(world, second())
    assert applied(world, first()).standing == "applied"
    earlier = camt(Line("1.00"), opening="0.00", sequence=None, number="old", day="2026-02-01")
    assert codes(applied(world, earlier)) == ["out_of_order"]


def test_one_that_does_not_add_up_is_held_with_the_difference_to_the_cent(world: World) -> None:
    statement = applied(world, camt(Line("50.00", name="Tiny Studio"), closing="1050.01"))
    assert codes(statement) == ["does_not_add_up"]
    assert statement.faults[0]["message"] == (
        "Opening 1,000.00 EUR and its entries give 1,050.00 EUR, but it closes with 1,050.01 EUR: 0.01 EUR is missing. "
        "Load the bank's corrected one."
    )
    with refused("not_acceptable", 409):
        bank_intake.accept(world.actor("mona"), statement, reason="it is only a cent")
    assert not CashReceipt.objects.exists()
    bank_intake.set_aside(world.actor("clara"), statement, reason="The bank sends another")
    assert applied(world, first()).standing == "applied"


def test_one_that_was_set_aside_counts_when_it_is_sent_again(world: World) -> None:
    applied(world, first())
    late = applied(world, third())
    bank_intake.set_aside(world.actor("clara"), late, reason="not ours")
    applied(world, second())
    assert applied(world, third()).standing == "applied"
    late.refresh_from_db()
    assert late.standing == "applied"


def test_an_unknown_account_is_held_until_it_is_verified(world: World) -> None:
    iban = "DE89370400440532013000"
    statement, clara = applied(world, camt(Line("50.00", name="Tiny Studio"), iban=iban)), world.actor("clara")
    assert codes(statement) == ["unknown_account"]
    bank_intake.check_again(clara, statement)
    assert codes(statement) == ["unknown_account"]
    entity = LegalEntity.objects.get(pk=world.tiny_account.legal_entity_id)
    entity.bank_accounts.append({"iban": iban, "currency": "EUR"})
    entity.save()
    bank_intake.check_again(clara, statement)
    work()
    assert (codes(statement), statement.standing, received(world)) == ([], "applied", "50.00")


def test_a_file_that_cannot_be_read_is_kept_with_the_reason_and_its_bytes(world: World) -> None:
    statement = load(world, b"Date;Amount\n2026-01-05;abc\n")
    assert codes(statement) == ["unreadable"]
    assert statement.faults[0]["message"] == "'abc' is no amount. (line 2)"
    seen = StoredFile.objects.visible_to(world.actor("clara")).get(pk=statement.original_id)
    assert seen.read() == b"Date;Amount\n2026-01-05;abc\n"
    for stranger in ("anna", "paula"):
        assert not StoredFile.objects.visible_to(world.actor(stranger)).filter(pk=statement.original_id).exists()


def test_a_table_without_an_account_is_told_which_it_is(world: World) -> None:
    content = b"Date;Name;Amount\n2026-03-02;Tiny Studio;50,00\n"
    assert codes(load(world, content)) == ["unknown_currency", "unknown_account"]
    statement = load(world, content, hints=Hints(account=IBAN, currency="EUR"))
    work()
    statement.refresh_from_db()
    assert (statement.standing, received(world)) == ("applied", "50.00")


def test_several_statements_of_one_file_are_each_their_own(world: World) -> None:
    one, other = first().decode(), second().decode()
    both = one.replace("</Stmt>", "</Stmt>" + other[other.index("<Stmt>") : other.index("</Stmt>") + 7])
    load(world, both.encode())
    work()
    assert [each.standing for each in BankStatement.objects.all()] == ["applied", "applied"]
    assert received(world) == "70.00"


def test_killed_half_way_it_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.cash_posting.BATCH", 2)
    lines = [Line(f"{10 + at}.00", name="Tiny Studio") for at in range(5)]
    statement = load(world, camt(*lines))
    batches = iter((None, None))

    def killed(*_: object) -> None:
        if next(batches, KeyError) is KeyError:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("workflows.cash_posting._note_what_was_counted", killed)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert received(world) == "46.00"
    work()
    statement.refresh_from_db()
    assert (statement.standing, received(world)) == ("applied", "60.00")
    assert_sound()


def test_nobody_else_sees_a_statement(world: World) -> None:
    statement = load(world, first())
    for who, seen in (("clara", True), ("mona", True), ("anna", False), ("paula", False)):
        assert BankStatement.objects.visible_to(world.actor(who)).filter(pk=statement.pk).exists() is seen
    with refused("not_your_role", 403):
        load(world, first(), who="silke")
