"""Written: amounts, numbers and days as people of the active language write them, on papers and on pages."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils.translation import get_language

from eipp.kernel.money import Money, decimals

MINUS = "\N{MINUS SIGN}"
MOST = 12  # decimals of a quantity or a unit price that are written


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
    return _written(number, 0, MOST)


def tenths_text(number: Decimal | int) -> str:
    """A measured number such as days or percent, to the tenth, so that a column of them is aligned: `14.0`."""
    return _written(Decimal(number), 1)


def price_text(price: Decimal, currency: str) -> str:
    """A unit price: with the decimals of its currency, or with more where it has more."""
    return _written(price, decimals(currency), MOST)


def day_text(on: date) -> str:
    pattern = "d MMM y" if locale().language == "en" else "medium"
    return format_date(on, format=pattern, locale=locale())


def month_text(day: date, *, short: bool = False) -> str:
    """The month that a day lies in: `October 2026`, or `Oct 26` where there is little room."""
    return format_date(day, format="LLL yy" if short else "LLLL y", locale=locale())


def moment_text(when: datetime) -> str:
    pattern = "d MMM y, HH:mm" if locale().language == "en" else "medium"
    return format_datetime(when, format=pattern if pattern != "medium" else "short", locale=locale())


def _written(figure: Decimal | int, least: int, most: int | None = None) -> str:
    """With so many decimals at least, and at most as many where there is nothing more to say.

    Python writes it, and the language's own marks are put in: Babel, which knows every pattern there is, takes ten
    times as long, and a page has a hundred figures.
    """
    places = least if most is None else most
    text = f"{Decimal(figure):,.{places}f}"
    if places > least:
        whole, _, part = text.partition(".")
        part = part[:least] + part[least:].rstrip("0")
        text = f"{whole}.{part}" if part else whole
    return text.translate(_marks(get_language() or "en"))


@lru_cache(maxsize=64)
def _marks(language: str) -> dict[int, str]:
    where = _locale(language)
    return str.maketrans({",": get_group_symbol(where), ".": get_decimal_symbol(where), "-": MINUS})
