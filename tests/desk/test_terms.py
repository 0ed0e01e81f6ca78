"""Closed months and the rule for discounts: set on the desk or by a program, and kept to by everybody."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from eipp.kernel import clock
from eipp.ledger import posting
from eipp.ledger.models import ClosedPeriod, DiscountRule, Posting
from tests.workflows.doing import eur, refused
from tests.world import World


def test_a_closed_month_takes_no_posting_and_corrections_go_to_the_open_one(world: World) -> None:
    today = clock.today(world.nordwind.time_zone)
    last = today.replace(day=1) - timedelta(days=1)
    invoice, mona = world.invoice("100.00"), world.client("mona")
    erp = world.program("nordwind")
    for body, code in (
        ({"through": (last - timedelta(days=1)).isoformat()}, "not_a_months_end"),
        ({"through": date(today.year + 1, 12, 31).isoformat()}, "period_not_over"),
    ):  # fmt: skip
        answer = erp.post("/api/v1/periods", body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert mona.post("/desk/team/terms/", {"move": "close", "through": last.isoformat()}).status_code == 302
    page = mona.get("/desk/team/terms/").content.decode()
    assert "The books are closed up to" in page and "Mona" in page
    assert [row["through"] for row in erp.get("/api/v1/periods").json()["items"]] == [last.isoformat()]
    assert erp.post("/api/v1/periods", {"through": last.isoformat()}, "application/json").status_code == 409
    assert world.program("brightwater").get("/api/v1/periods").json()["items"] == []
    line = {"number": "1", "name": "Bolt", "quantity": "1", "unit_price": "10.00", "tax_category": "Z", "tax_rate": "0"}
    late = {
        "number": "L-1",
        "account": world.main.number,
        "issue_date": last.isoformat(),
        "currency": "EUR",
        "lines": [line],
    }
    answer = erp.post("/api/v1/invoices", late, "application/json")
    assert answer.status_code == 409 and "closed up to" in answer.json()["detail"]
    then = clock.now() - timedelta(days=today.day)
    system = world.erp("nordwind")
    facts = {"account": world.main, "amount": eur("5.00"), "received_on": last, "kind": "transfer"}
    with refused("period_closed", 409):
        posting.post_receipt(system, **facts, now=then)
    receipt = posting.post_receipt(system, **facts)  # what came then counts now
    posting.apply_receipt(system, receipt, [(invoice, eur("5.00"))])
    assert {row.posting_date for row in Posting.objects.filter(receipt=receipt)} == {today}


def test_who_may_not_close_does_not_and_what_slipped_in_is_named(world: World) -> None:
    last = clock.today(world.nordwind.time_zone).replace(day=1) - timedelta(days=1)
    with refused("not_your_role", 403):
        posting.close_period(world.actor("clara"), world.nordwind, last)
    assert world.client("clara").get("/desk/team/terms/").status_code == 200
    world.invoice("10.00")
    ClosedPeriod.objects.create(supplier=world.nordwind, through=date(2200, 1, 31), closed_at="2000-01-01T00:00Z")
    with pytest.raises(CommandError):
        call_command("verify", stdout=(said := StringIO()))
    assert "posting in a closed period: invoice of" in said.getvalue()
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_closedperiod")


def test_the_rule_for_discounts_is_the_suppliers(world: World) -> None:
    mona = world.client("mona")
    answer = mona.post("/desk/team/terms/", {"move": "discounts", "counts": "arrived", "zone": "buyer", "in_part": "1"})
    assert answer.status_code == 302
    rule = DiscountRule.objects.get()
    assert (rule.counts, rule.zone, rule.in_part, rule.waits_for_disputes) == ("arrived", "buyer", True, False)
    assert "A part that is paid in time earns it in proportion." in mona.get("/desk/team/terms/").content.decode()
    assert mona.post("/desk/team/terms/", {"move": "discounts", "counts": "x", "zone": "buyer"}).status_code == 422
    assert world.client("anna").get("/desk/team/terms/").status_code == 404
