"""Reports by HTTP: every figure opens into rows that add up to it, on both faces and in every file."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader

from eipp.analytics.ageing import ageing, totals
from eipp.demo.world import World
from eipp.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.long]

DESK = ("ageing", "collections", "disputes")
PORTAL = ("ageing", "disputes", "spend")
FIGURE = re.compile(
    r'<td class="end"[^>]*><a href="([^"]+/rows/[^"]+)">(?:<data class="money" value="([^ "]+) )?([^<]*)'
)
SUM = re.compile(r'data class="money figure"[^>]*value="([^ "]+) ')
COUNT = re.compile(r'beside-figure">\s*([\d,]+) row')


def signed_in(world: World, word: str) -> Client:
    browser = Client()
    browser.force_login(world.people[word])
    return browser


def today(world: World) -> date:
    """The supplier's."""
    return clock.today(world.companies["nordwind"].time_zone)


def figures(page: str) -> list[tuple[str, Decimal | None, str]]:
    """Each figure that is a link: its address, its amount, or None and its text where it is a number of rows."""
    return [(unescape(url), Decimal(value) if value else None, text) for url, value, text in FIGURE.findall(page)]


@pytest.mark.parametrize(
    ("word", "path"), [("clara", f"/desk/reports/{name}/") for name in DESK]
    + [("anna", f"/reports/{name}/") for name in PORTAL],
)  # fmt: skip
def test_every_figure_opens_into_rows_that_add_up_to_it(full_world: World, word: str, path: str) -> None:
    browser = signed_in(full_world, word)
    page = browser.get(path).content.decode()
    found = figures(page)
    assert len(found) > 5
    for url, amount, text in found[:60]:
        rows = browser.get(url).content.decode()
        if amount is None:
            count = COUNT.search(rows)
            assert count and count[1] == text, url
        else:
            told = SUM.search(rows)
            assert told and Decimal(told[1]) == amount, url


def test_the_ageing_of_a_day_that_is_past_is_that_days(full_world: World) -> None:
    on = today(full_world) - timedelta(days=100)
    page = signed_in(full_world, "clara").get(f"/desk/reports/ageing/?to={on}").content.decode()
    for total in totals(ageing(full_world.actor("clara"), on=on)).values():
        assert total.open.text in page


@pytest.mark.parametrize("query", ["to=2999-01-01", "to=yesterday", "account=1", "from=2026-02-01&to=2026-01-01"])
def test_what_cannot_be_answered_is_refused_with_a_sentence(full_world: World, query: str) -> None:
    answer = signed_in(full_world, "clara").get(f"/desk/reports/disputes/?{query}")
    assert answer.status_code == 422
    assert 'class="notice"' in answer.content.decode()


def test_a_figure_that_no_report_has_is_refused(full_world: World) -> None:
    assert signed_in(full_world, "clara").get("/desk/reports/ageing/rows/?bucket=none").status_code == 422


def test_a_report_is_had_as_csv_xlsx_and_pdf_with_the_same_figures(full_world: World) -> None:
    browser = signed_in(full_world, "clara")
    total = totals(ageing(full_world.actor("clara"), on=today(full_world)))["EUR"]
    sheet = browser.get("/desk/reports/ageing/?format=csv").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(sheet)))
    assert any(total.open.text in line for line in lines)
    book = load_workbook(io.BytesIO(browser.get("/desk/reports/ageing/?format=xlsx").content))
    values = [cell for row in book["In EUR"].iter_rows(values_only=True) for cell in row]
    assert float(total.open.amount) in values
    paper = PdfReader(io.BytesIO(browser.get("/desk/reports/ageing/?format=pdf").content))
    assert f"{total.open.amount:,}" in "".join(page.extract_text() for page in paper.pages)


def test_a_report_costs_the_same_number_of_queries_whatever_it_shows(full_world: World) -> None:
    browser = signed_in(full_world, "clara")
    for name in DESK:
        browser.get(f"/desk/reports/{name}/")
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/desk/reports/{name}/")
        assert len(queries) <= 25, name


def test_the_buyers_spend_is_not_the_suppliers_to_ask_for(full_world: World) -> None:
    assert signed_in(full_world, "clara").get("/desk/reports/spend/").status_code == 404
    assert signed_in(full_world, "anna").get("/reports/collections/").status_code == 404
