"""Figures, dates, states and people, as they stand in a sentence or a cell."""

from datetime import date, datetime

from babel.dates import format_timedelta
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from documents.written import amount_text, day_text, locale, moment_text, money_text
from documents.written import number_text as number_text
from eipp.kernel.money import Money
from eipp.web.pieces import Meaning
from eipp.web.tags.icons import icon

MEANINGS = ("good", "bad", "waiting", "quiet")


def money(amount: Money | None, *, currency: bool = True, sign: bool = False) -> SafeString:
    """An amount. `currency=False` where the head of the column names it; `sign=True` shows a plus as well."""
    if amount is None:
        return format_html('<span class="money">{}</span>', "\N{EN DASH}")
    text = ("+" if sign and amount.minor > 0 else "") + (money_text(amount) if currency else amount_text(amount))
    minus = SafeString(" data-minus" if amount.minor < 0 else "")
    return format_html('<data class="money" value="{} {}"{}>{}</data>', amount.text, amount.currency, minus, text)


def figure(amount: Money, *, size: int = 6) -> SafeString:
    """The one figure of a page or panel: large, its currency small beside it. Sizes 4, 5 and 6 of the scale."""
    return format_html(
        '<data class="money figure" data-size="{}" value="{} {}">{} <span class="currency">{}</span></data>',
        size,
        amount.text,
        amount.currency,
        amount_text(amount),
        amount.currency,
    )


def day(when: date | datetime | None, *, beside: bool = False, today: date | None = None) -> SafeString:
    """An exact date, `3 Nov 2025`; `beside=True` adds how far away it is."""
    if when is None:
        return format_html('<span class="date">{}</span>', "\N{EN DASH}")
    on = timezone.localtime(when).date() if isinstance(when, datetime) else when
    exact = format_html('<time class="date" datetime="{}">{}</time>', on.isoformat(), day_text(on))
    if not beside:
        return exact
    return format_html('{} <span class="beside">{}</span>', exact, distance(on, today or timezone.localdate()))


def moment(when: datetime) -> SafeString:
    """A date with its time of day, in the reader's time zone: `3 Nov 2025, 14:05`."""
    there = timezone.localtime(when) if timezone.is_aware(when) else when
    return format_html('<time class="date" datetime="{}">{}</time>', there.isoformat(), moment_text(there))


def distance(on: date, today: date) -> str:
    """How far away a day is, in words: `today`, `in 3 days`, `2 months ago`."""
    words = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    days = (on - today).days
    return words.get(days) or format_timedelta(on - today, add_direction=True, threshold=1.4, locale=locale())


def value(anything: object) -> str | SafeString:
    """A fact as its kind asks: an amount as money, a day as a date, a moment with its time, nothing as a dash."""
    if isinstance(anything, Money):
        return money(anything)
    if isinstance(anything, datetime):
        return moment(anything)
    if anything is None or isinstance(anything, date):
        return day(anything)
    return conditional_escape(str(anything))


def state(word: str, meaning: Meaning = "quiet") -> SafeString:
    """A state: one plain word with a colour and a shape."""
    if meaning not in MEANINGS:
        raise ValueError(f"A state means one of {', '.join(MEANINGS)}; {meaning!r} is none of them.")
    return format_html('<span class="state" data-meaning="{}">{}{}</span>', meaning, icon(f"state-{meaning}"), word)


def avatar(name: str, *, kind: str = "person") -> SafeString:
    """The initials of a person, or of an organisation (`kind="organisation"`); the name itself stands beside."""
    shade = sum(name.encode()) % 6
    template = '<span class="avatar" data-kind="{}" data-shade="{}" aria-hidden="true">{}</span>'
    return format_html(template, kind, shade, initials(name))


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])]
    return "".join(letters).upper() or "?"
