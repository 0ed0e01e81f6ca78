"""Lists steered by their URL."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory


def rendered(source: str, address: str = "/invoices/") -> str:
    request = RequestFactory().get(address)
    return Template("{% load ui %}" + source).render(Context({"request": request}))


def test_a_head_sorts_upwards_first_and_then_downwards() -> None:
    head = '{% sort_head "Due" "due_date" %}'
    assert 'href="?sort=due_date"' in rendered(head)
    assert "aria-sort" not in rendered(head)
    upwards = rendered(head, "/invoices/?sort=due_date")
    assert 'href="?sort=-due_date"' in upwards
    assert 'aria-sort="ascending"' in upwards
    downwards = rendered(head, "/invoices/?sort=-due_date")
    assert 'href="?sort=due_date"' in downwards
    assert 'aria-sort="descending"' in downwards


def test_the_order_a_list_has_by_itself_is_shown_at_its_head() -> None:
    assert 'aria-sort="ascending"' in rendered('{% sort_head "Due" "due_date" default=True %}')


def test_sorting_and_filtering_begin_at_the_first_page_and_keep_the_rest() -> None:
    html = rendered('{% sort_head "Due" "due_date" %}', "/invoices/?q=RE&after=abc")
    assert 'href="?q=RE&amp;sort=due_date"' in html


@pytest.mark.parametrize(
    ("address", "pressed", "url"),
    [
        ("/", False, "?standing=overdue"),
        ("/?standing=overdue", True, "?"),
        ("/?standing=paid&q=x", False, "?standing=paid&amp;standing=overdue&amp;q=x"),
    ],
)
def test_a_chip_is_pressed_by_the_url_and_turns_itself_over(address: str, pressed: bool, url: str) -> None:
    html = rendered('{% chip "Overdue" "standing" "overdue" count=4 %}', address)
    assert ('aria-current="true"' in html) is pressed
    assert f'href="{url}"' in html


def test_the_chip_for_all_clears_its_parameter_only() -> None:
    html = rendered('{% chip "All" "standing" "" %}', "/?standing=paid&q=x")
    assert 'href="?q=x"' in html
    assert "aria-current" not in html
    assert "aria-current" in rendered('{% chip "All" "standing" "" %}')


def test_pages_are_turned_by_cursor() -> None:
    html = rendered('{% pages next="n" previous="p" shown="1 to 25" %}', "/?after=old&q=x")
    assert 'href="?q=x&amp;after=n"' in html
    assert 'href="?q=x&amp;before=p"' in html
    assert "<a" not in rendered("{% pages %}")


def test_a_search_keeps_the_filters_and_leaves_the_page() -> None:
    html = rendered('{% search_box label="Search" %}', "/?standing=paid&after=abc&q=%22x")
    assert '<input type="hidden" name="standing" value="paid">' in html
    assert 'name="after"' not in html
    assert 'value="&quot;x"' in html
