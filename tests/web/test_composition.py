"""The bar that shows what a balance is made of."""

from decimal import Decimal

from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from eipp.kernel.money import Money
from eipp.web.pieces import Part
from eipp.web.tags.composition import composition


def part(minor: int, label: str = "Due") -> Part:
    return Part(label, Money(minor, "EUR"), "soon", "#due")


@given(st.lists(st.integers(0, 10**12), max_size=9), st.lists(st.integers(0, 10**12), max_size=3))
def test_the_parts_never_leave_the_bar(amounts: list[int], aside: list[int]) -> None:
    drawn = composition([part(minor) for minor in amounts], apart=[part(minor) for minor in aside])
    for name in ("segments", "aside"):
        for segment in drawn[name]:  # type: ignore[attr-defined]
            assert Decimal(0) <= segment.start <= 100
            assert 0 < segment.width <= 100


def test_what_is_set_apart_follows_on_the_same_bar_to_the_same_scale() -> None:
    drawn = composition([part(7500)], apart=[part(2500)])
    assert 74 < drawn["segments"][0].width < 75  # type: ignore[index]
    assert (drawn["aside"][0].start, drawn["aside"][0].width) == (75, 25)  # type: ignore[index]


def test_parts_of_nothing_are_left_out_and_an_empty_balance_draws_no_bar() -> None:
    html = Template("{% load ui %}{% composition parts %}").render(Context({"parts": [part(0)]}))
    assert "<svg" not in html


def test_every_part_is_said_in_words_and_opens_its_rows() -> None:
    parts = [part(333000, "Not yet due"), part(65000, "Past due over 90")]
    html = Template("{% load ui %}{% composition parts %}").render(Context({"parts": parts}))
    assert 'aria-label="Not yet due 3,330.00 EUR; Past due over 90 650.00 EUR"' in html
    assert html.count('href="#due"') == 2
