"""Figures as people write them: read exactly, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import figures


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"), ("1.234,50", "1234.50"), ("1 234,50", "1234.50"), ("1'234.50", "1234.50"),
        ("(12.00)", "-12.00"), ("12.00-", "-12.00"), ("-5", "-5"), ("−7,00 €", "-7.00"), ("EUR 12.00", "12.00"),
        ("$1,000.00", "1000.00"), ("1.234.567", "1234567"), ("12,5", "12.5"), ("0,123", "0.123"),
        ("1234,567", "1234.567"),
    ],
)  # fmt: skip
def test_a_figure_that_says_how_it_is_meant_is_read(text: str, amount: str) -> None:
    assert figures.amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,234", "1.234", "1,23,4", "1'23", "", "=1+1", "1e5", "NaN", "12.", "a", "1" * 41])
def test_a_figure_that_could_mean_two_things_or_none_is_not_read(text: str) -> None:
    assert figures.amount(text) is None


def test_a_column_that_contradicts_itself_shows_no_mark() -> None:
    assert figures.decimal_mark(["1,234", "5,50"]) == ","
    assert figures.decimal_mark(["5.50", "2,5"]) == ""


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from([",", "."]))
def test_what_is_written_with_thousands_and_two_decimals_is_read_back(amount: Decimal, mark: str) -> None:
    text = f"{amount:,.2f}"
    text = text if mark == "." else text.translate(str.maketrans(",.", ".,"))
    assert figures.amount(text) == amount


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    figures.amount(text)
    figures.day(text)
    assert len(figures.tidy(text, 20)) <= 20
