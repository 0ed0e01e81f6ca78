"""Figures, dates, states and people, as the reader sees them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from eipp.kernel.money import Money
from eipp.web.tags import values


def rendered(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1243000, "EUR", "12,430.00 EUR"),
        (48213, "JPY", "48,213 JPY"),
        (1234567, "KWD", "1,234.567 KWD"),
        (-7, "EUR", "−0.07 EUR"),
        (0, "USD", "0.00 USD"),
        (123456789012345678, "EUR", "1,234,567,890,123,456.78 EUR"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_and_names_it_after_the_figure(
    minor: int, currency: str, text: str
) -> None:
    assert values.money_text(Money(minor, currency)) == text
    assert f">{text}</data>" in rendered("{% money amount %}", amount=Money(minor, currency))


@pytest.mark.parametrize(
    ("language", "text"), [("de", "12.430,50 EUR"), ("es", "12.430,50 EUR"), ("xx", "12,430.50 EUR")]
)
def test_an_amount_is_written_as_the_reader_writes_it(language: str, text: str) -> None:
    with override(language):
        assert values.money_text(Money(1243050, "EUR")) == text


def test_a_program_reads_the_exact_amount_beside_the_written_one() -> None:
    with override("de"):
        assert 'value="-1234.50 EUR"' in rendered("{% money amount %}", amount=Money(-123450, "EUR"))


def test_a_column_that_names_the_currency_shows_figures_alone() -> None:
    amount = Money(500, "EUR")
    assert ">5.00</data>" in rendered("{% money amount currency=False %}", amount=amount)
    assert ">+5.00 EUR</data>" in rendered("{% money amount sign=True %}", amount=amount)


def test_no_amount_is_a_dash_and_not_a_zero() -> None:
    assert rendered("{% money amount %}", amount=None) == '<span class="money">–</span>'


@pytest.mark.parametrize(("number", "text"), [("10", "10"), ("42.500", "42.5"), ("0.000125", "0.000125"), ("-3", "−3")])
def test_a_quantity_shows_the_decimals_it_has(number: str, text: str) -> None:
    assert values.number_text(Decimal(number)) == text


def test_a_date_is_exact_and_how_far_it_is_stands_beside() -> None:
    today = date(2025, 11, 3)
    source = "{% date day beside=True today=today %}"
    html = rendered(source, day=date(2025, 11, 6), today=today)
    assert '<time class="date" datetime="2025-11-06">6 Nov 2025</time>' in html
    assert "in 3 days" in html
    assert "yesterday" in rendered(source, day=date(2025, 11, 2), today=today)
    assert "today" in rendered(source, day=today, today=today)


def test_a_moment_is_told_in_the_time_zone_of_the_reader() -> None:
    with timezone.override("Asia/Tokyo"):
        html = rendered("{% moment when %}", when=datetime(2025, 11, 3, 20, 30, tzinfo=UTC))
    assert "4 Nov 2025, 05:30" in html


def test_a_state_is_a_word_with_a_shape_and_never_a_colour_alone() -> None:
    html = rendered('{% state "Past due" "bad" %}')
    assert "Past due" in html
    assert "#state-bad" in html
    with pytest.raises(ValueError, match="means one of"):
        rendered('{% state "Past due" "red" %}')


def test_names_from_outside_are_escaped_wherever_they_stand() -> None:
    hostile = "<script>alert(1)</script>\"'"
    sources = (
        "{% state name %}",
        "{% avatar name %}",
        "{% button name url=name %}",
        "{% empty name name %}",
        "{% panel name %}{{ name }}{% endpanel %}",
        "{% dialog 'd' name %}{{ name }}{% enddialog %}",
        "{% menu name %}<li>{{ name }}</li>{% endmenu %}",
        "{% notice 'bad' name %}{{ name }}{% endnotice %}",
        "{% live 'x' name url=name %}",
        "{% value name %}",
        "{% composer action=name to=name value=name %}",
        "{% copyable name label=name id='c' %}",
    )
    for source in sources:
        html = rendered(source, name=hostile)
        assert "<script" not in html, source
        assert "\"'" not in html, source


@pytest.mark.parametrize(
    ("name", "letters"), [("Anna Berg", "AB"), ("Vera", "V"), ("Kvarnström & Söner AB", "KA"), ("", "?"), ("  &", "?")]
)
def test_initials_are_those_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert values.initials(name) == letters


def test_an_icon_that_nobody_drew_is_refused() -> None:
    with pytest.raises(ValueError, match="no icon"):
        rendered('{% icon "unicorn" %}')


def test_a_silent_icon_is_hidden_and_a_speaking_one_has_a_name() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "bell" %}')
    assert 'role="img" aria-label="Warning"' in rendered('{% icon "warning" label="Warning" %}')
