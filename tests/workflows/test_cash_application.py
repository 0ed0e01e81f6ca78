"""Cash application: what is exact and unique is posted by itself; the rest waits for AR, and says why."""

from datetime import date
from decimal import Decimal

import pytest

from documents.upload import store_bytes
from eipp.accounts.models import CustomerAccount
from eipp.demo.bill import Bill, Good
from eipp.kernel import clock
from eipp.ledger.models import Application, CashReceipt, Invoice
from tests.workflows.bank_file import Line, applied, camt, entries, outcomes
from tests.workflows.doing import assert_sound, enter, eur, refused, told
from tests.world import World
from workflows import cash_application, jobs
from workflows.bank_statement import BankEntry, LeftOnAccount
from workflows.cash_proposals import for_receipt
from workflows.models import RemittanceAdvice
from workflows.payment import Payment
from workflows.remittance_arrival import send_file


def open_of(*invoices: Invoice) -> list[str]:
    for invoice in invoices:
        invoice.refresh_from_db()
    return [invoice.open.text for invoice in invoices]


def transfer(world: World, *invoices: Invoice, who: str = "tom") -> Payment:
    return enter(world, who, *invoices, gateway="bank_transfer", method="bank_transfer")


# --- posted by itself


def test_a_transfer_with_its_reference_settles_the_payment(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    payment = transfer(world, invoice)
    statement = applied(
        world, camt(Line("100.00", text=f"Thanks {payment.printed_reference} for all", name="T. de Wit"))
    )
    (entry,) = entries(statement)
    payment.refresh_from_db()
    assert (entry.outcome, entry.because, payment.state) == (
        "payment", {"code": "payment", "number": payment.number}, "settled",
    )  # fmt: skip
    assert open_of(invoice) == ["0.00"]
    assert CashReceipt.objects.get(payment_id=payment.pk).received_on == date(2026, 3, 2)
    assert_sound()


def test_money_with_the_reference_again_stays_on_the_account(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    payment = transfer(world, invoice)
    line = Line("100.00", reference=payment.reference, name="Tiny Studio")
    statement = applied(world, camt(line, line))
    assert outcomes(statement) == ["payment", "account"]
    second = entries(statement)[1]
    assert second.receipt and second.receipt.unapplied == eur("100.00")
    assert_sound()


def test_an_invoice_that_is_named_with_its_exact_amount_is_paid(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account", number="RE-2026-00417")
    statement = applied(world, camt(Line("100.00", text="Rechnung re-2026-00417, danke!")))
    (entry,) = entries(statement)
    assert (entry.outcome, entry.because["numbers"], open_of(invoice)) == ("applied", ["RE-2026-00417"], ["0.00"])
    assert entry.receipt and told(entry.receipt) == ["cash_receipt.posted"]
    assert told(Application.objects.get()) == ["application.made"]
    assert_sound()


def test_several_invoices_whose_sum_came_are_paid(world: World) -> None:
    one, other = (world.invoice(amount, account="tiny_account") for amount in ("60.00", "40.50"))
    statement = applied(world, camt(Line("100.50", text=f"{one.number}/{other.number}")))
    assert (outcomes(statement), open_of(one, other)) == (["applied"], ["0.00", "0.00"])


def test_an_invoice_of_another_amount_is_not_paid_by_itself(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    statement = applied(world, camt(Line("99.99", text=invoice.number)))
    (entry,) = entries(statement)
    assert (entry.outcome, entry.because["code"]) == ("account", "named_other_amount")
    assert entry.account == world.tiny_account
    assert open_of(invoice) == ["100.00"]


def test_two_payments_of_one_invoice_pay_it_once(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    statement = applied(world, camt(*[Line("100.00", text=invoice.number)] * 2))
    assert (outcomes(statement), open_of(invoice)) == (["applied", "account"], ["0.00"])
    assert_sound()


def test_a_number_that_two_open_invoices_have_names_none(world: World) -> None:
    for year in (2025, 2026):
        goods = ((Good("Goods", "100.00"), Decimal(1)),)
        bill = Bill(account=world.tiny_account, number="4711", currency="EUR", issued=date(year, 3, 1), goods=goods)
        world.post(bill, now=clock.now(), external_id=f"{year}/4711")
    statement = applied(world, camt(Line("100.00", text="4711", name="Nobody")))
    assert outcomes(statement) == ["waiting"]


def test_what_is_in_dispute_is_not_paid_by_itself(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    transfer(world, invoice)  # on its way: nothing is free
    statement = applied(world, camt(Line("100.00", text=invoice.number)))
    assert outcomes(statement) == ["account"]


def test_a_batch_is_taken_apart(world: World) -> None:
    one, other = (world.invoice(amount, account="tiny_account") for amount in ("60.00", "40.00"))
    parts = (Line("60.00", text=one.number), Line("40.00", text=other.number))
    statement = applied(world, camt(Line("100.00", parts=parts, bank_id="B-1")))
    assert (outcomes(statement), open_of(one, other)) == (["applied", "applied"], ["0.00", "0.00"])


def test_another_supplier_s_invoice_is_none_of_ours(world: World) -> None:
    theirs = world.invoice("100.00", account="pacific_usd")
    statement = applied(world, camt(Line("100.00", text=theirs.number)))
    assert outcomes(statement) == ["waiting"]


def advised(world: World, *rows: str) -> RemittanceAdvice:
    """Anna says, line by line, what a payment is for."""
    anna, content = world.actor("anna"), "\n".join(("Invoice;Amount paid;Discount;Reason", *rows)).encode()
    file = store_bytes(anna, content, name="advice.csv", purpose="remittance")
    advice = send_file(anna, file, account=world.main)
    jobs.read_remittances()
    advice.refresh_from_db()
    return advice


def test_an_advice_that_is_named_says_what_the_money_is_for_and_is_used_once(world: World) -> None:
    one, other = (world.invoice(amount) for amount in ("60.00", "100.00"))
    advice = advised(world, f"{one.number};60.00;;", f"{other.number};40.00;;")
    line = Line("100.00", text=f"your advice {advice.number}", name="Treasury of somebody")
    statement = applied(world, camt(line, line))
    assert [entry.because.get("advice", "") for entry in entries(statement)] == [advice.number, ""]
    assert (outcomes(statement), open_of(one, other)) == (["applied", "waiting"], ["0.00", "60.00"])
    again = applied(world, camt(line, opening="1200.00", sequence=2, day="2026-03-03"))
    assert (outcomes(again), open_of(other)) == (["waiting"], ["60.00"])
    assert_sound()


def test_an_advice_over_the_amount_is_proposed_where_nothing_names_it(world: World) -> None:
    one, other = (world.invoice(amount) for amount in ("60.00", "100.00"))
    advice = advised(world, f"{one.number};60.00;;", f"{other.number};40.00;;")
    (entry,) = entries(applied(world, camt(Line("100.00", name=world.main.name))))
    assert (entry.outcome, entry.account) == ("account", world.main)
    assert entry.receipt
    first, second, *_ = for_receipt(world.actor("clara"), entry.receipt)
    assert (first.why, first.advice, first.is_exact) == ("advice", advice.number, True)
    assert (second.why, [each.number for each, _ in second.shares]) == ("equal", [other.number])
    assert open_of(one, other) == ["60.00", "100.00"]


# --- who paid is certain


def test_a_customer_is_known_by_its_name(world: World) -> None:
    statement = applied(world, camt(Line("50.00", name="TINY STUDIO")))
    (entry,) = entries(statement)
    assert (entry.outcome, entry.because["code"], entry.account) == ("account", "name", world.tiny_account)


def test_a_customer_is_known_by_its_bank_account_once_it_was_seen(world: World) -> None:
    clara = world.actor("clara")
    first = applied(world, camt(Line("50.00", name="T de W", iban="NL56AGDH9619008421")))
    (entry,) = entries(first)
    assert entry.outcome == "waiting"
    cash_application.assign(clara, entry, world.tiny_account)
    line = Line("20.00", name="other words", iban="NL56 AGDH 9619 0084 21", day="2026-03-03")
    second = applied(world, camt(line, opening="1050.00", sequence=2, day="2026-03-03"))
    (entry,) = entries(second)
    assert (entry.outcome, entry.because["code"], entry.account) == ("account", "bank_account", world.tiny_account)
    assert_sound()


# --- what goes out


def test_a_fee_waits_for_nobody(world: World) -> None:
    assert outcomes(applied(world, camt(Line("-3.50", text="account fee")))) == ["outgoing"]


def test_a_transfer_that_comes_back_reopens_what_it_paid(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    paid = camt(Line("100.00", text=invoice.number, end_to_end="E2E-77"))
    back = camt(Line("-100.00", end_to_end="E2E-77", reason="AC04", reversal=True), opening="1100.00", sequence=2)
    statement = applied(world, paid)
    assert open_of(invoice) == ["0.00"]
    second = applied(world, back)
    assert outcomes(second) == ["returned"]
    assert open_of(invoice) == ["100.00"]
    receipt = entries(statement)[0].receipt
    assert receipt and receipt.reversed_at and receipt.reversal_reason == "AC04"
    assert_sound()


def test_a_payment_by_transfer_that_comes_back_is_returned(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    payment = transfer(world, invoice)
    applied(world, camt(Line("100.00", reference=payment.reference)))
    back = Line("-100.00", reference=payment.reference, reason="MS03")
    assert outcomes(applied(world, camt(back, opening="1100.00", sequence=2))) == ["returned"]
    payment.refresh_from_db()
    assert (payment.state, open_of(invoice)) == ("returned", ["100.00"])
    assert_sound()


def test_a_return_of_what_is_not_known_waits_and_is_settled_by_hand(world: World) -> None:
    clara, invoice = world.actor("clara"), world.invoice("100.00", account="tiny_account")
    receipt = entries(applied(world, camt(Line("100.00", text=invoice.number))))[0].receipt
    (back,) = entries(applied(world, camt(Line("-100.00", reason="AC04"), opening="1100.00", sequence=2)))
    assert back.outcome == "return" and receipt
    with refused("not_received", 422):
        cash_application.assign(clara, back, world.tiny_account)
    cash_application.take_back(clara, back, receipt)
    back.refresh_from_db()
    assert (back.outcome, open_of(invoice)) == ("returned", ["100.00"])
    assert_sound()


# --- what AR decides


@pytest.fixture
def waiting(world: World) -> BankEntry:
    return entries(applied(world, camt(Line("100.00", name="Somebody"))))[0]


def test_ar_assigns_an_entry_and_applies_it_at_once(world: World, waiting: BankEntry) -> None:
    invoice = world.invoice("80.00", account="tiny_account")
    receipt = cash_application.assign(world.actor("clara"), waiting, world.tiny_account, [(invoice, eur("80.00"))])
    assert (receipt.unapplied, open_of(invoice)) == (eur("20.00"), ["0.00"])
    assert told(waiting) == ["bank_entry.assigned"]
    with refused("already_dealt_with", 409):
        cash_application.assign(world.actor("carl"), waiting, world.tiny_account)
    assert_sound()


def test_ar_applies_undoes_and_leaves_on_account(world: World, waiting: BankEntry) -> None:
    clara, invoice = world.actor("clara"), world.invoice("80.00", account="tiny_account")
    receipt = cash_application.assign(clara, waiting, world.tiny_account)
    with refused("more_than_open", 409):
        cash_application.apply(clara, receipt, [(invoice, eur("80.01"))])
    (made,) = cash_application.apply(clara, receipt, [(invoice, eur("80.00"))])
    with refused("more_than_left", 409):
        cash_application.apply(clara, receipt, [(world.invoice("90.00", account="tiny_account"), eur("90.00"))])
    cash_application.undo(clara, receipt, [made])
    assert open_of(invoice) == ["80.00"]
    with refused("already_reversed", 409):
        cash_application.undo(clara, receipt, [made])
    cash_application.leave_on_account(clara, receipt, note="for the next order")
    assert LeftOnAccount.objects.get(receipt=receipt).note == "for the next order"
    cash_application.apply(clara, receipt, [(invoice, eur("10.00"))])
    assert not LeftOnAccount.objects.exists()
    assert_sound()


def test_ar_notes_what_is_no_customer_s_and_takes_it_up_again(world: World, waiting: BankEntry) -> None:
    clara = world.actor("clara")
    with refused("reason_missing", 422):
        cash_application.note(clara, waiting, text=" ")
    cash_application.note(clara, waiting, text="Tax refund")
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.note) == ("noted", "Tax refund")
    cash_application.reopen(clara, waiting)
    cash_application.assign(clara, waiting, world.tiny_account)
    cash_application.reopen(clara, waiting, reason="of somebody else")
    receipt = cash_application.assign(clara, waiting, world.elsewhere_account)
    assert receipt.account == world.elsewhere_account
    assert CashReceipt.objects.filter(reversed_at=None).count() == 1
    assert_sound()


def test_another_payee_s_customer_is_not_chosen(world: World, waiting: BankEntry) -> None:
    with pytest.raises(CustomerAccount.DoesNotExist):
        cash_application.assign(world.actor("clara"), waiting, world.pacific_usd)


def test_only_who_may_applies_cash(world: World, waiting: BankEntry) -> None:
    for who in ("anna", "silke"):
        with refused("not_your_role", 403):
            cash_application.assign(world.actor(who), waiting, world.tiny_account)
    with pytest.raises(BankEntry.DoesNotExist):
        cash_application.note(world.actor("paula"), waiting, text="ours")
