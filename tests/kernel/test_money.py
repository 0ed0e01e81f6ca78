"""Money: exact in every currency, no cent lost when it is divided, only written as programs must write it."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eipp.kernel.money import CURRENCIES, Money, decimals, total
from eipp.kernel.refusal import Refusal
from tests.counts import rounds

CODES = st.sampled_from(["JPY", "EUR", "KWD", "CLF"])
MINOR = st.integers(-(10**15), 10**15)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)


@given(minor=MINOR, code=CODES, weights=WEIGHTS)
@settings(deadline=None)
def test_each_part_of_a_split_is_within_one_of_its_share(minor: int, code: str, weights: list[int]) -> None:
    parts = Money(minor, code).split(weights)
    assert total(parts, code) == Money(minor, code)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Decimal(part.minor) - Decimal(minor) * weight / sum(weights)) <= 1


def test_the_parts_of_a_hundred_thousand_amounts_are_the_whole() -> None:
    chance = Random(1)  # seeded: the same amounts in each run
    for _ in range(100_000):
        whole = Money(chance.randint(-(10**9), 10**12), "EUR")
        weights = [chance.randint(0, 10_000) for _ in range(chance.randint(1, 4))] + [1]
        assert sum(part.minor for part in whole.split(weights)) == whole.minor


@given(minor=st.integers(-(10**12) + 1, 10**12 - 1), code=st.sampled_from(sorted(CURRENCIES)))
@settings(max_examples=rounds(5_000), deadline=None)
def test_what_is_written_reads_back(minor: int, code: str) -> None:
    amount = Money(minor, code)
    assert Money.parse(amount.text, code) == amount
    assert Money.of(amount.amount, code) == amount


@pytest.mark.parametrize(
    ("code", "places"), [("JPY", 0), ("KRW", 0), ("EUR", 2), ("USD", 2), ("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4)]
)
def test_each_currency_has_its_decimals(code: str, places: int) -> None:
    assert decimals(code) == places
    assert Money(1, code).amount == Decimal(1).scaleb(-places)


@pytest.mark.parametrize(
    ("amount", "code", "minor"),
    [("0.005", "EUR", 1), ("0.004999", "EUR", 0), ("-0.005", "EUR", -1), ("2.5", "JPY", 3), ("0.0005", "KWD", 1)],
)
def test_halves_are_rounded_away_from_zero(amount: str, code: str, minor: int) -> None:
    assert Money.of(Decimal(amount), code) == Money(minor, code)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1_0", "1E3", "NaN", "Infinity", "+1", "1,00", ".5", "1.", "1.234", "--1", "１", "1\n", "0x1",
     "1234567890123", "1\u0000"],
)  # fmt: skip
def test_an_amount_is_digits_and_a_point(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        Money.parse(text, "EUR")
    assert (refused.value.code, refused.value.status) == ("invalid_amount", 422)


@pytest.mark.parametrize("value", [1, 1.5, None, True, Decimal("1")])
def test_an_amount_is_text(value: object) -> None:
    with pytest.raises(Refusal):
        Money.parse(value, "EUR")


def test_no_decimals_where_the_currency_has_none() -> None:
    with pytest.raises(Refusal):
        Money.parse("1.0", "JPY")
    assert Money.parse("-12", "JPY").text == "-12"


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(Refusal, match="not a currency code"):
        Money.parse("1.00", "XXX")


def test_currencies_never_mix() -> None:
    euro, dollar = Money(100, "EUR"), Money(100, "USD")
    for mix in (lambda: euro + dollar, lambda: euro - dollar, lambda: euro < dollar, lambda: total([euro], "USD")):
        with pytest.raises(ValueError, match="cannot be mixed"):
            mix()
    assert euro != dollar


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100, "EUR").split(weights)


def test_an_amount_is_shown_with_its_currency() -> None:
    assert [str(Money(123456, code)) for code in ("JPY", "EUR", "KWD", "CLF")] == [
        "123,456 JPY", "1,234.56 EUR", "123.456 KWD", "12.3456 CLF",
    ]  # fmt: skip
