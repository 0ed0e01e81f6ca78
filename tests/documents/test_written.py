"""Figures are written as Babel would write them, by far less work."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from babel.numbers import format_decimal
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from documents.written import MINUS, amount_text, locale, number_text, price_text, tenths_text
from eipp.kernel.money import Money

FIGURES = st.decimals(min_value=-(10**12), max_value=10**12, places=8)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@given(figure=FIGURES, minor=st.integers(-(10**14), 10**14))
def test_figures_are_written_as_the_language_has_it(language: str, figure: Decimal, minor: int) -> None:
    with translation.override(language):
        assert number_text(figure) == _by_babel(figure, "#,##0.############")
        assert price_text(figure, "KWD") == _by_babel(figure, "#,##0.000#########")
        assert tenths_text(figure) == _by_babel(figure.quantize(Decimal("0.1"), ROUND_HALF_EVEN), "#,##0.0")
        for currency, pattern in {"EUR": "#,##0.00", "JPY": "#,##0", "KWD": "#,##0.000", "CLF": "#,##0.0000"}.items():
            money = Money(minor, currency)
            assert amount_text(money) == _by_babel(money.amount, pattern)


def _by_babel(figure: Decimal, pattern: str) -> str:
    return format_decimal(figure, format=pattern, locale=locale()).replace("-", MINUS)
