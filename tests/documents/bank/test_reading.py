"""Tables and older notations as banks send them, and files that are none."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as any_of

from documents.bank.reading import Hints, UnreadableStatement, read
from tests.documents.bank.test_samples import EXPECTED, FOLDER

GERMAN = """Kontonummer;DE02200505501015871393
Anfangssaldo;1.000,00
Endsaldo;2.140,50

Buchungstag;Wertstellung;Auftraggeber/Empfänger;Verwendungszweck;IBAN;Betrag (EUR);Kundenreferenz
31.12.2025;02.01.2026;Tiny Studio;RE-2026-00417;NL56AGDH9619008421;1.150,50;E2E-1
31.12.2025;;Bank;Gebühr;;-10,00;
"""
ENGLISH = """Date,Description,Debit,Credit,Balance
12/13/2025,"Payment, inv 5",,"1,234.56","2,234.56"
12/14/2025,fee,10.00,,"2,224.56"
"""
MT940 = """:20:STARTUMS
:25:20050550/1015871393
:28C:00012/001
:60F:C251230EUR1000,00
:61:2512311231C150,50NTRFNONREF//BANK-1
:86:166?00GUTSCHRIFT?20EREF+E2E-9SVWZ+RE-2026-004?2117 Danke?31NL56AGDH9619008421?32Tiny?33 Studio
:61:2601020102RC50,00NTRFNONREF
:86:returned
:62F:C251231EUR1100,50
-
"""


def test_a_german_table_is_read_with_what_stands_above_it() -> None:
    (statement,) = read(GERMAN.encode("cp1252"))
    first, fee = statement.entries
    assert (statement.account, statement.currency, statement.missing) == ("DE02200505501015871393", "EUR", 0)
    assert (first.amount, first.booked, first.value) == (Decimal("1150.50"), "2025-12-31", "2026-01-02")
    (paid,) = first.transactions
    assert (paid.counterparty, paid.counterparty_account, paid.end_to_end, paid.unstructured) == (
        "Tiny Studio", "NL56AGDH9619008421", "E2E-1", ("RE-2026-00417",),
    )  # fmt: skip
    assert fee.amount == Decimal(-10)


def test_an_english_table_gives_its_balances_by_the_running_one() -> None:
    (statement,) = read(ENGLISH.encode(), Hints(account="3300958879", currency="USD"))
    assert (statement.account, statement.currency) == ("3300958879", "USD")
    assert (statement.opening, statement.closing) == (Decimal("1000.00"), Decimal("2224.56"))
    assert [entry.amount for entry in statement.entries] == [Decimal("1234.56"), Decimal("-10.00")]


def test_heads_that_nobody_knows_are_named_by_a_mapping() -> None:
    text = "Quando\tQuanto\tChi\n2026-01-05\t12.50\tTiny\n"
    (statement,) = read(text.encode(), Hints(columns={"Quando": "booked", "Quanto": "amount", "Chi": "counterparty"}))
    (entry,) = statement.entries
    assert (entry.amount, entry.transactions[0].counterparty) == (Decimal("12.50"), "Tiny")


def test_mt940_is_read_with_its_german_subfields_and_reversals() -> None:
    (statement,) = read(MT940.encode())
    came, back = statement.entries
    assert (statement.sequence, statement.account, statement.missing) == ("12", "20050550/1015871393", 0)
    assert (came.bank_id, came.transactions[0].end_to_end) == ("BANK-1", "E2E-9")
    assert came.transactions[0].unstructured == ("RE-2026-00417 Danke",)
    assert came.transactions[0].counterparty == "Tiny Studio"
    assert (back.amount, back.is_reversal, back.booked) == (Decimal("-50.00"), True, "2026-01-02")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x01", "U+001A does not belong into a bank statement. (line 2)"),
        (b"<!DOCTYPE x><Document/>",
         "The file carries a DOCTYPE; bank statements have none, and we do not open them. (line 1)"),
        (b"<Invoice/>", "Invoice is no bank statement that we read: send camt.053 or camt.054. (line 1)"),
        (b"Date;Amount\n2026-01-05;1.234\n",
         "'1.234' can be read in two ways: write amounts with two decimals. (line 2)"),
        (b"Date;Amount\n03/04/2026;1.20\n",
         "'03/04/2026' can be read in two ways: write dates as 2026-12-31. (line 2)"),
        (b"Date;Amount\n2026-01-05;abc\n", "'abc' is no amount. (line 2)"),
        (b"Date;Amount\n2026-13-05;1.00\n", "'2026-13-05' is no date. (line 2)"),
        (b"hello", "No line names a date and an amount: the file needs a head such as “Date;Amount;Text”. (line 1)"),
        (b"01,a,b,/\n16,100,5,/", "A record 16 stands outside an account (03). (line 2)"),
        (b":20:X\n:25:1\n:60F:C990101EUR1,00\n:61:nonsense\n", "'nonsense' is no entry. (line 4)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_line(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableStatement) as refused:
        read(content)
    assert refused.value.sentence == sentence


SEEDS = [(FOLDER / name).read_bytes() for name in EXPECTED] + [each.encode() for each in (GERMAN, ENGLISH, MT940)]


TORN = [b",", b"88,", b"?", b"-", b"9" * 30, b"<", b";"]


@settings(max_examples=400, deadline=None)
@given(any_of.data())
def test_a_torn_file_is_read_or_refused_and_nothing_else(data: any_of.DataObject) -> None:
    content = bytearray(data.draw(any_of.sampled_from(SEEDS)))
    for _ in range(data.draw(any_of.integers(1, 6))):
        at = data.draw(any_of.integers(0, len(content) - 1))
        length = data.draw(any_of.integers(0, 12))
        content[at : at + length] = data.draw(any_of.binary(max_size=8) | any_of.sampled_from(TORN))
        content = content or bytearray(b" ")
    try:
        statements = read(bytes(content))
    except UnreadableStatement as refused:
        assert refused.sentence
    else:
        assert statements


@settings(max_examples=200, deadline=None)
@given(any_of.binary(max_size=300) | any_of.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except UnreadableStatement as refused:
        assert refused.sentence
