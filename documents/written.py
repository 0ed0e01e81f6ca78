"""Written: amounts, numbers and days as people of the active language write them, on papers and on pages."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import NumberPattern, format_decimal, parse_pattern
from django.utils.translation import get_language

from eipp.kernel.money import Money, decimals

MINUS = "\N{MINUS SIGN}"


def locale() -> Locale:
    """The reader's locale: the active language of Django, English where none is active."""
    return _locale(get_language() or "en")


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def amount_text(amount: Money) -> str:
    """The figure alone, as the reader writes it, with the decimals of its currency: `12,430.00`, `\N{MINUS SIGN}8`."""
    return _written(amount.amount, decimals(amount.currency))


def money_text(amount: Money) -> str:
    """The figure and its currency, for a sentence or a button: `12,430.00 EUR`."""
    return f"{amount_text(amount)} {amount.currency}"


def number_text(number: Decimal | int) -> str:
    """A quantity or unit price, without trailing zeros, to all the decimals that it has."""
    return _plain_minus(format_decimal(number, format=_pattern("#,##0.############"), locale=locale()))


def tenths_text(number: Decimal | int) -> str:
    """A measured number such as days or percent, to the tenth, so that a column of them is aligned: `14.0`."""
    return _written(Decimal(number), 1)


def price_text(price: Decimal, currency: str) -> str:
    """A unit price: with the decimals of its currency, or with more where it has more."""
    places = decimals(currency)
    pattern = _pattern("#,##0." + "0" * places + "#" * (12 - places))
    return _plain_minus(format_decimal(price, format=pattern, locale=locale()))


def day_text(on: date) -> str:
    pattern = "d MMM y" if locale().language == "en" else "medium"
    return format_date(on, format=pattern, locale=locale())


def month_text(day: date, *, short: bool = False) -> str:
    """The month that a day lies in: `October 2026`, or `Oct 26` where there is little room."""
    return format_date(day, format="LLL yy" if short else "LLLL y", locale=locale())


def moment_text(when: datetime) -> str:
    pattern = "d MMM y, HH:mm" if locale().language == "en" else "medium"
    return format_datetime(when, format=pattern if pattern != "medium" else "short", locale=locale())


def _written(figure: Decimal, places: int) -> str:
    pattern = _pattern("#,##0." + "0" * places if places else "#,##0")
    return _plain_minus(format_decimal(figure, format=pattern, locale=locale()))


@lru_cache(maxsize=64)
def _pattern(written: str) -> NumberPattern:
    """Read once: Babel would read it again for every figure."""
    return parse_pattern(written)


def _plain_minus(text: str) -> str:
    return text.replace("-", MINUS)
