"""The pay page: what is paid is what is seen, in one step; what cannot be paid moves nothing."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eipp.kernel.money import Money, total
from eipp.ledger.models import Hold, Invoice
from eipp.ledger.posting import withdraw_invoice
from tests.documents.remittance.files import workbook
from tests.workflows.doing import approve, assert_sound, at_the_page, eur, hear, posted
from tests.workflows.saving import saved_card
from tests.world import World
from workflows.payment import Payment

PAY, PASTE = "portal:pay", "portal:paste-payment"


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def form(*shares: tuple[Invoice, str], **more: str) -> dict[str, Any]:
    """The page's fields, each invoice with what is typed for it."""
    typed = {f"amount-{invoice.pk}": amount for invoice, amount in shares}
    return {"invoice": [str(invoice.pk) for invoice, _ in shares], "attempt": str(uuid4()), "move": "pay",
            **typed, **more}  # fmt: skip


def amounts(shown: str) -> list[str]:
    return re.findall(r'name="amount-[0-9a-f-]+" value="([^"]*)"', shown)


@pytest.fixture
def tom(world: World) -> Client:
    return world.client("tom")


def test_a_saved_card_stands_first_and_pays_with_one_click(world: World, tom: Client) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    saved = saved_card(world, "tom", invoice.legal_entity, name="Company card")
    shown = text(tom.get(reverse(PAY), {"invoice": invoice.pk}))
    assert f'value="saved/{saved.pk}" checked' in shown and "Company card" in shown
    answer = tom.post(reverse(PAY), form((invoice, "100.00"), way=f"saved/{saved.pk}"))
    payment = Payment.objects.get()
    assert (answer.status_code, answer["Location"], payment.state) == (
        302, reverse("portal:payment", args=[payment.pk]), "settled")  # fmt: skip
    assert_sound()


def test_somebody_elses_saved_card_is_no_way_to_pay(world: World, tom: Client) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    theirs = saved_card(world, "sina", invoice.legal_entity)
    answer = tom.post(reverse(PAY), form((invoice, "100.00"), way=f"saved/{theirs.pk}"))
    assert answer.status_code == 409 and "cannot be used any more" in text(answer)
    assert not Payment.objects.exists()


def test_several_currencies_are_several_payments_made_together(world: World) -> None:
    anna = world.client("anna")
    first, second = world.invoice("10.00", account="pacific_usd"), world.invoice("700", account="pacific_jpy")
    for each in (first, second):
        approve(world, "ben", each)
    shown = text(anna.get(reverse(PAY), {"invoice": [first.pk, second.pk]}))
    assert "Make 2 payments" in shown
    answer = anna.post(reverse(PAY), form((first, "10.00"), (second, "700")))
    assert {str(row.amount) for row in Payment.objects.all()} == {"10.00 USD", "700 JPY"}
    listed = text(anna.get(answer["Location"]))
    assert all(row.number in listed for row in Payment.objects.all())
    assert listed.count("Go to the payment page") == 2


def test_of_several_payments_all_are_made_or_none(world: World) -> None:
    anna = world.client("anna")
    good, bad = world.invoice("10.00", account="pacific_usd"), world.invoice("700", account="pacific_jpy")
    for each in (good, bad):
        approve(world, "ben", each)
    answer = anna.post(reverse(PAY), form((good, "10.00"), (bad, "701")))
    assert answer.status_code == 409 and "too much" in text(answer)
    assert amounts(text(answer)) == ["10.00", "701"] or amounts(text(answer)) == ["701", "10.00"]
    assert not Payment.objects.exists() and not Hold.objects.exists()


def test_a_total_goes_to_the_oldest_first_and_the_rest_stays_on_account(world: World, tom: Client) -> None:
    rows = [world.invoice(amount, account="tiny_account") for amount in ("30.00", "20.00")]
    key = f"EUR-{rows[0].legal_entity_id}"
    left = [(row, "") for row in rows]
    shown = text(tom.post(reverse(PAY), form(*left, **{f"total-{key}": "40.00", "move": "spread"})))
    assert sorted(amounts(shown)) == ["10.00", "30.00"]
    shown = text(tom.post(reverse(PAY), form(*left, **{f"total-{key}": "65", "move": "spread"})))
    assert sorted(amounts(shown)) == ["20.00", "30.00"]
    assert f'name="on-account-{key}" value="15.00"' in shown and "Pay 65.00 EUR" in shown
    assert not Payment.objects.exists()
    tom.post(reverse(PAY), form((rows[0], "30.00"), (rows[1], "20.00"), **{f"on-account-{key}": "15.00"}))
    payment = Payment.objects.get()
    at_the_page(payment)
    assert (hear(payment).state, payment.amount, posted(payment)) == ("settled", eur("65.00"), eur("65.00"))
    for row in rows:
        row.refresh_from_db()
    assert [row.open for row in rows] == [eur("0"), eur("0")]
    assert payment.on_account.get().amount == eur("15.00")
    assert_sound()


def test_money_without_an_invoice_stays_on_account(world: World, tom: Client) -> None:
    account = world.tiny_account
    key = f"{account.currency}-{account.legal_entity_id}"
    assert f"account={account.pk}" in text(tom.get(reverse(PAY)))
    assert "Pay something on account" in text(tom.get(reverse(PAY), {"account": account.pk}))
    tom.post(reverse(PAY), form(account=str(account.pk), **{f"on-account-{key}": "25.00"}))
    payment = Payment.objects.get()
    at_the_page(payment)
    assert (hear(payment).state, posted(payment)) == ("settled", eur("25.00"))
    assert "25.00 EUR" in text(tom.get(reverse("portal:payment", args=[payment.pk])))
    assert_sound()


def test_lines_can_be_paid_and_come_to_the_whole_invoice(world: World, tom: Client) -> None:
    lines = [("Bolt M8", 3, "10.01"), ("Nut M8", 7, "1.33"), ("Freight", 1, "4.99")]
    invoice = world.invoice(lines=lines, account="tiny_account", tax="19")
    shown = text(tom.get(reverse(PAY), {"invoice": invoice.pk}))
    boxes = re.findall(r'name="line" value="([0-9a-f-]+)".*?<strong>.*?([0-9.]+)', shown)
    assert len(boxes) == 3
    asked = form((invoice, ""), move="lines")
    every = text(tom.post(reverse(PAY), asked | {"line": [pk for pk, _ in boxes]}))
    assert amounts(every) == [invoice.payable.text]
    single = [text(tom.post(reverse(PAY), asked | {"line": pk})) for pk, _ in boxes]
    parts = [Money.parse(amounts(shown)[0], "EUR") for shown in single]
    assert total(parts, "EUR") == invoice.payable
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("amount", "said"),
    [("100.01", "too much"), ("0", "more than zero"), ("-5.00", "more than zero"), ("1.005", "not an amount in EUR"),
     ("1E2", "not an amount"), ("١٠", "not an amount")],
)  # fmt: skip
def test_an_amount_that_cannot_be_paid_is_refused_and_nothing_moves(
    world: World, tom: Client, amount: str, said: str
) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    answer = tom.post(reverse(PAY), form((invoice, amount)))
    assert answer.status_code in (409, 422) and said in text(answer)
    assert amounts(text(answer)) == [amount]
    invoice.refresh_from_db()
    assert (Payment.objects.count(), Hold.objects.count(), invoice.free) == (0, 0, eur("100.00"))


def test_a_foreign_or_withdrawn_invoice_is_not_paid(world: World, tom: Client) -> None:
    theirs = world.invoice("10.00", account="elsewhere_account")
    answer = tom.post(reverse(PAY), form((theirs, "10.00")))
    assert answer.status_code == 422 and theirs.number not in text(answer)
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("account", "currency", "amount", "broken"),
    [("pacific_jpy", "JPY", "700", "700.5"), ("pacific_usd", "KWD", "1.234", "1.2345"),
     ("pacific_usd", "CLF", "1.2345", "1.23456"), ("pacific_usd", "UYW", "0.0001", "0.00001")],
)  # fmt: skip
def test_each_currency_has_its_own_decimals_on_the_page_and_in_the_paste(
    world: World, account: str, currency: str, amount: str, broken: str
) -> None:
    anna, invoice = world.client("anna"), world.invoice(amount, account=account, currency=currency)
    approve(world, "ben", invoice)
    assert amounts(text(anna.get(reverse(PAY), {"invoice": invoice.pk}))) == [amount]
    assert "not an amount" in text(anna.post(reverse(PAY), form((invoice, broken))))
    pasted = text(anna.post(reverse(PASTE), {"move": "paste", "rows": f"{invoice.number} {amount}"}))
    assert f'name="amount-{invoice.pk}" value="{amount}"' in pasted
    answer = anna.post(reverse(PAY), form((invoice, amount)))
    payment = Payment.objects.get()
    assert answer.status_code == 302 and payment.amount == Money.parse(amount, currency)
    at_the_page(payment)
    assert hear(payment).state == "settled"
    listed = anna.get(reverse("portal:payments"), {"format": "csv"}).content.decode()
    assert f"{currency};{amount}" in listed.replace(",", ";")
    paper = anna.get(reverse("portal:receipt", args=[payment.pk]))
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")


FAULTS = [
    ("{good}", ""), ("NEVER-1 5.00", "no such invoice"), ("{theirs} 5.00", "no such invoice"),
    ("{big} 100.01", "too much"), ("{usd} 5.00 EUR", "is in USD, not in EUR"), ("{neg} -5.00", "more than zero"),
    ("{zero} 0", "more than zero"), ("{twice} 1.00\n{twice} 1.00", "several rows"), ("{gone} 1.00", "withdrawn"),
    ("{closed} 1.00", "closed"), ("{odd} 1.2.3", "no amount in EUR"),
]  # fmt: skip


def test_pasted_rows_are_judged_one_by_one_and_the_right_ones_are_paid(world: World, tom: Client) -> None:
    words = {word: world.invoice("100.00", account="tiny_account") for word in
             ("good", "big", "neg", "zero", "twice", "gone", "closed", "odd")}  # fmt: skip
    words["theirs"] = world.invoice("5.00", account="elsewhere_account")
    words["usd"] = world.invoice("5.00", account="tiny_account", currency="USD")
    withdraw_invoice(world.actor("mona"), words["gone"], reason="wrong")
    tom.post(reverse(PAY), form((words["closed"], "100.00")))
    at_the_page(Payment.objects.get())
    hear(Payment.objects.get())
    pasted = "\n".join(row.format(**{word: row.number for word, row in words.items()}) for row, _ in FAULTS)
    shown = text(tom.post(reverse(PASTE), {"move": "paste", "rows": pasted}))
    for _, fault in FAULTS:
        assert fault in shown
    assert re.findall(r'name="invoice" value="([0-9a-f-]+)"', shown) == [str(words["good"].pk)]
    assert "11 rows cannot be paid" in shown
    assert Payment.objects.count() == 1
    sheet = SimpleUploadedFile("pay.xlsx", workbook(["Invoice", "Amount"], [words["good"].number, 40]))
    shown = text(tom.post(reverse(PASTE), {"move": "file", "files": sheet}))
    assert f'name="amount-{words["good"].pk}" value="40.00"' in shown
    assert "Choose one file" in text(tom.post(reverse(PASTE), {"move": "file"}))
    broken = SimpleUploadedFile("pay.xlsx", b"MZ\0\0nothing")
    assert tom.post(reverse(PASTE), {"move": "file", "files": broken}).status_code == 422


def _queries(client: Client, url: str, data: dict[str, Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(url, data)
    assert answer.status_code in (200, 302), text(answer)
    return len(asked)


@pytest.mark.long
def test_a_payment_over_many_asks_the_database_no_more_than_one_over_few(world: World, tom: Client) -> None:
    few, many = ([world.invoice("1.00", account="tiny_account") for _ in range(count)] for count in (6, 60))
    counts = []
    for rows in (few, many):
        pasted = {"move": "paste", "rows": "\n".join(f"{row.number}\t0.50" for row in rows)}
        counts.append((
            _queries(tom, reverse(PASTE), pasted),
            _queries(tom, reverse(PAY), form(*[(row, "0.50") for row in rows], move="review")),
            _queries(tom, reverse(PAY), form(*[(row, "0.50") for row in rows])),
        ))  # fmt: skip
    assert counts[0] == counts[1]
