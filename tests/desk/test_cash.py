"""Cash on the desk: a statement is loaded, what is certain goes by itself, AR applies, undoes and leaves the rest."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eipp.ledger.models import Application, CashReceipt
from tests.workflows.bank_file import IBAN, Line, applied, camt, entries, work
from tests.workflows.doing import assert_sound, eur
from tests.world import World
from workflows.bank_statement import BankEntry, BankStatement


@pytest.fixture
def clara(world: World) -> Client:
    return world.client("clara")


def load(client: Client, content: bytes, name: str = "bank.xml", **typed: str) -> str:
    """Send the form without scripts; the page that one comes to."""
    sent = {"move": "load", "files": SimpleUploadedFile(name, content), **typed}
    answer = client.post(reverse("desk:bank-statements"), sent, follow=True)
    return answer.content.decode()


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"desk:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, name: str, row: object, move: str, **typed: object) -> str:
    """Post a move and follow to the page; a refusal's page says why."""
    answer = client.post(reverse(f"desk:{name}", args=[row]), {"move": move, **typed}, follow=True)
    return answer.content.decode()


def test_a_statement_is_loaded_and_each_entry_says_where_it_went_and_why(world: World, clara: Client) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    lines = [Line("100.00", text=invoice.number), Line("50.00", name="Nobody we know"), Line("-3.50", text="fee")]
    shown = load(clara, camt(*lines))
    assert "Being applied" in shown
    work()
    shown = page(clara, "bank-statement", BankStatement.objects.get().pk)
    assert f"It names invoice {invoice.number} with its exact amount." in shown
    assert "Neither a reference nor the payer is known." in shown
    assert "Money that you paid out; nothing is to be done." in shown
    assert "It is here already" not in shown
    assert "1 was here already: nothing changed." in load(clara, camt(*lines))


def test_what_is_wrong_with_a_statement_stands_on_its_page_with_the_ways_on(world: World, clara: Client) -> None:
    shown = load(clara, camt(Line("50.00"), closing="1050.01"))
    assert "0.01 EUR is missing" in shown
    assert "Take it in as it is" not in shown
    held = BankStatement.objects.get()
    assert "set aside: it counts for nothing" in do(clara, "bank-statement", held.pk, "set_aside", reason="wrong file")
    load(clara, camt(Line("1.00")))
    load(clara, camt(Line("1.00"), opening="7.00", sequence=5, day="2026-03-05"))
    late = BankStatement.objects.get(sequence=5)
    assert "Say why it is right to go on." in do(clara, "bank-statement", late.pk, "accept", reason="")
    assert "It is still held back." in do(clara, "bank-statement", late.pk, "check_again")
    assert "The statement is taken in" in do(
        clara, "bank-statement", late.pk, "accept", reason="the bank skips numbers"
    )


def test_a_table_is_loaded_for_the_account_that_was_chosen(world: World, clara: Client) -> None:
    content = b"Datum;Name;Betrag\n02.03.2026;Tiny Studio;50,00\n"
    load(clara, content, "umsatz.csv", account=f"{IBAN} EUR")
    work()
    assert CashReceipt.objects.get(account=world.tiny_account).amount == eur("50.00")
    assert "Choose the bank’s file." in clara.post(reverse("desk:bank-statements"), {"move": "load"}).content.decode()
    assert "is no amount. (line 2)" in load(clara, content.replace(b"50,00", b"abc"), "umsatz.csv")


def test_the_queue_has_what_keeps_most_money_waiting_first(world: World, clara: Client) -> None:
    applied(world, camt(Line("5.00", name="Small stranger"), Line("900.00", name="Big stranger"),
                        Line("40.00", name="Tiny Studio")))  # fmt: skip
    shown = page(clara, "cash")
    assert shown.index("Big stranger") < shown.index("Tiny Studio") < shown.index("Small stranger")
    assert "Tiny Studio" not in page(clara, "cash", status="entries")
    assert "Small stranger" not in page(clara, "cash", status="receipts")
    assert "All cash is applied" not in shown
    home = page(clara, "home", kind="cash")
    assert "Big stranger" in home


def test_one_click_on_a_proposal_assigns_and_applies(world: World, clara: Client) -> None:
    invoice = world.invoice("73.10", account="tiny_account")
    (entry,) = entries(applied(world, camt(Line("73.10", name="T. Studio"))))
    shown = page(clara, "bank-entry", entry.pk)
    assert f"Exactly what is open on {invoice.number}" in shown
    sent = {"account": world.tiny_account.pk, "invoice": invoice.pk, f"amount-{invoice.pk}": "73.10"}
    assert "73.10 EUR are posted for Tiny Studio." in do(clara, "bank-entry", entry.pk, "assign", **sent)
    invoice.refresh_from_db()
    assert invoice.open == eur("0.00")
    assert "Somebody has dealt with this entry already." in do(clara, "bank-entry", entry.pk, "assign", **sent)
    assert_sound()


def test_a_receipt_is_applied_undone_and_left_on_account(world: World, clara: Client) -> None:
    one, other = (world.invoice(amount, account="tiny_account") for amount in ("60.00", "40.00"))
    (entry,) = entries(applied(world, camt(Line("100.00", name="Tiny Studio"))))
    assert entry.receipt
    pk = entry.receipt.pk
    shown = page(clara, "cash-receipt", pk)
    assert f"Exactly everything that is open: {one.number}, {other.number}" in shown
    too_much = do(clara, "cash-receipt", pk, "apply", invoice=one.pk, **{f"amount-{one.pk}": "60.01"})
    assert "at most 60.00 EUR is free" in too_much
    assert "60.00 EUR are applied." in do(
        clara, "cash-receipt", pk, "apply", invoice=one.pk, **{f"amount-{one.pk}": "60.00"}
    )
    made = Application.objects.get()
    assert "It is undone" in do(clara, "cash-receipt", pk, "undo", application=made.pk)
    assert "This application was undone before." in do(clara, "cash-receipt", pk, "undo", application=made.pk)
    assert "It stays on the account of Tiny Studio." in do(clara, "cash-receipt", pk, "leave", note="next order")
    assert "Tiny Studio" in page(clara, "cash", status="left")
    assert "next order" in page(clara, "cash-receipt", pk)
    assert "It waits to be applied." in do(clara, "cash-receipt", pk, "take_up")
    assert "waits for its customer" in do(clara, "cash-receipt", pk, "reopen", reason="another Tiny")
    entry.refresh_from_db()
    assert entry.outcome == "waiting"
    assert_sound()


def test_what_is_no_customer_s_leaves_the_queue(world: World, clara: Client) -> None:
    (entry,) = entries(applied(world, camt(Line("12.00", name="Finanzamt"))))
    assert "Say in a few words what it is." in do(clara, "bank-entry", entry.pk, "note", note="")
    assert "noted as no customer’s payment" in do(clara, "bank-entry", entry.pk, "note", note="Tax refund")
    assert "Finanzamt" not in page(clara, "cash")
    assert "The entry waits again." in do(clara, "bank-entry", entry.pk, "reopen")


def test_the_customer_s_page_and_the_buyer_s_timeline_tell_of_it(world: World, clara: Client) -> None:
    invoice = world.invoice("80.00", account="tiny_account")
    (entry,) = entries(applied(world, camt(Line("100.00", name="Tiny Studio"))))
    assert entry.receipt
    do(clara, "cash-receipt", entry.receipt.pk, "apply", invoice=invoice.pk, **{f"amount-{invoice.pk}": "80.00"})
    assert "20.00 EUR not applied" in page(clara, "customer", world.tiny_account.pk)
    tom = world.client("tom")
    on_account = tom.get(reverse("portal:receipts")).content.decode()
    assert "20.00" in on_account
    assert invoice.number in on_account
    assert reverse("portal:receipts") in tom.get(reverse("portal:home")).content.decode()
    assert "Nothing is on account" in world.client("sina").get(reverse("portal:receipts")).content.decode()
    shown = tom.get(reverse("portal:invoice", args=[invoice.pk])).content.decode()
    assert f"80.00 EUR were applied to invoice {invoice.number}." in shown


def test_an_administrator_sees_no_cash_and_may_not_load(world: World) -> None:
    silke = world.client("silke")
    assert "Load a statement" not in page(silke, "bank-statements")
    assert "Your role does not include this" in load(silke, camt(Line("1.00"))) or not BankStatement.objects.exists()


@pytest.mark.parametrize("name", ["cash", "bank-statements", "home"])
def test_a_list_takes_the_same_queries_whatever_its_length(world: World, clara: Client, name: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(clara, name, **({"item": f"entry-{open_one.pk}"} if name == "home" else {}))
        return len(caught)

    first = applied(world, camt(Line("5.00", name="A"), Line("6.00", name="Tiny Studio")))
    open_one = entries(first)[0]
    few = queries()
    more = [Line(f"{at}.00", name=name) for at in range(7, 17) for name in ("B", "Tiny Studio")]
    applied(world, camt(*more, opening="1011.00", sequence=2, day="2026-03-03"))
    assert BankEntry.objects.count() == 22
    assert queries() == few
