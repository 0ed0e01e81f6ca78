"""An invoice of thousands of lines is shown stretch by stretch, each as quick as a short one."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.world import World


def posted(world: World, count: int) -> str:
    """Post an invoice of so many lines; its id."""
    line = {"name": "Ball bearing 6204", "quantity": "3", "unit_price": "0.35", "tax_rate": "19"}
    lines = [{**line, "number": f"L{number}"} for number in range(1, count + 1)]
    written = {"number": f"LONG-{count}", "account": "10001", "issue_date": "2026-03-02", "currency": "EUR"}
    response = world.program("nordwind").post(
        "/api/v1/invoices", json.dumps({**written, "lines": lines}), content_type="application/json"
    )
    assert response.status_code == 201, response.content
    id: str = response.json()["id"]
    return id


def shown(page: str) -> list[str]:
    return re.findall(r'<td class="line-number">(.*?)</td>', page)


@pytest.mark.long
def test_five_thousand_lines_are_shown_stretch_by_stretch(world: World) -> None:
    id = posted(world, 5000)
    for who, name in (("anna", "portal:invoice"), ("clara", "desk:invoice")):
        client, url = world.client(who), reverse(name, args=[id])
        page = client.get(url).content.decode()
        assert shown(page) == [f"L{number}" for number in range(1, 201)]
        assert "Lines 1 to 200 of 5,000" in page
        assert "6,247.50" in page  # the sums are those of the whole
        assert 'href="?line=201"' in page
        last = client.get(f"{url}?line=4801").content.decode()
        assert shown(last) == [f"L{number}" for number in range(4801, 5001)]
        assert 'href="?line=4601"' in last
        assert 'rel="next"' not in last
        for odd in ("0", "-1", "x", "99999", "1e3", "²"):
            assert client.get(url, {"line": odd}).status_code == 200


def test_a_long_invoice_takes_the_queries_of_a_short_one(world: World) -> None:
    client = world.client("anna")
    few, many = (reverse("portal:invoice", args=[posted(world, count)]) for count in (3, 60))
    counted = []
    for url in (few, few, many, many):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).content.decode()
        counted.append(len(queries))
    assert counted[1] == counted[3]
    assert "Lines 1 to" not in page
