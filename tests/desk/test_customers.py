"""Customers: figures by account and currency that open into their rows."""

from datetime import timedelta

from eipp.kernel import clock
from tests.desk.disputes import disputed


def test_each_customer_is_listed_with_what_is_open_past_due_and_in_dispute(world):
    today = clock.today("Europe/Berlin")
    world.invoice("100.00", account="tiny_account")
    world.invoice("40.00", account="tiny_account", issued=today - timedelta(days=90), due=today - timedelta(days=60))
    disputed(world)
    text = world.client("clara").get("/desk/customers/").content.decode()
    for figure in ("140.00", "40.00", "297.50", "89.25", "437.50"):
        assert f"{figure} EUR" in text
    only = world.client("clara").get("/desk/customers/", {"status": "past_due"}).content.decode()
    assert "Tiny Studio" in only
    assert "Brightwater" not in only
    found = world.client("clara").get("/desk/customers/", {"q": "tiny 10020"}).content.decode()
    assert "Tiny Studio" in found
    assert "437.50" not in found


def test_a_customers_figures_open_into_its_own_invoices(world):
    mine, other = world.invoice("100.00"), world.invoice("50.00", account="tiny_account")
    clara = world.client("clara")
    url = f"/desk/invoices/?status=open&currency=EUR&account={world.main.pk}"
    assert url.replace("&", "&amp;") in clara.get(f"/desk/customers/{world.main.pk}/").content.decode()
    listed = clara.get(url).content.decode()
    assert mine.number in listed
    assert other.number not in listed
    assert "1 invoice in EUR" in listed


def test_a_foreign_or_unreadable_account_has_no_list(world):
    clara = world.client("clara")
    assert clara.get(f"/desk/invoices/?account={world.pacific_usd.pk}").status_code == 404
    assert clara.get("/desk/invoices/?account=10001").status_code == 404
    assert clara.get(f"/desk/customers/{world.pacific_usd.pk}/").status_code == 404
