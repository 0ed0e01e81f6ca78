"""Bookings: every event about money waits until the supplier's ERP says that it booked it, or why not."""

from collections.abc import Callable

import pytest

from eipp.kernel.events import Event
from tests.api.cast import Cast
from workflows.booking import Booking

PATH = "bookings"
Settle = Callable[[], None]


def test_what_happened_to_money_waits_until_the_erp_has_booked_it(cast: Cast, settle: Settle) -> None:
    invoice = cast.invoice()
    settle()
    waiting = cast.erp.get(f"{PATH}?state=waiting").json()["items"]
    assert [(item["name"], item["state"]) for item in waiting] == [("invoice.presented", "waiting")]
    said = {"bookings": [{"position": waiting[0]["position"], "number": "FI-1"}]}
    for _ in range(2):  # said again, the same changes nothing
        noted = cast.erp.post(PATH, said)
        assert noted.status_code == 200, noted.content
        assert [(item["state"], item["number"]) for item in noted.json()["items"]] == [("booked", "FI-1")]
    assert Event.objects.filter(name="booking.made", internal=True).count() == 1
    assert cast.erp.get(f"{PATH}?state=waiting").json()["items"] == []
    assert cast.erp.get(f"{PATH}?state=booked").json()["items"][0]["position"] == waiting[0]["position"]
    assert invoice in str(waiting)


def test_a_document_is_enough_and_a_reason_says_why_not(cast: Cast, settle: Settle) -> None:
    invoice = cast.invoice()
    receipt = cast.erp.post(
        "cash-receipts",
        {"account": "C-1001", "amount": "10.00", "currency": "EUR", "received_on": "2026-03-11"},
        Idempotency_Key="one",
    ).json()
    settle()
    said = {
        "bookings": [{"document": invoice, "number": "FI-1"}, {"document": receipt["id"], "reason": "Period closed"}]
    }
    noted = cast.erp.post(PATH, said).json()["items"]
    assert [(item["name"], item["state"]) for item in noted] == [
        ("invoice.presented", "booked"), ("cash_receipt.posted", "refused"),
    ]  # fmt: skip
    refused = cast.erp.get(f"{PATH}?state=refused").json()["items"]
    assert [item["reason"] for item in refused] == ["Period closed"]
    cast.erp.post(PATH, {"bookings": [{"document": receipt["id"], "number": "FI-2"}]})  # the last word counts
    assert cast.erp.get(f"{PATH}?state=refused").json()["items"] == []
    assert Booking.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"position": 1}, "unknown_event"), ({"position": 2**60, "number": "x"}, "unknown_event"),
        ({"document": "0199d0a0-0000-7000-8000-000000000000", "number": "x"}, "unknown_event"),
        ({"number": "x"}, "position_or_document"), ({}, "position_or_document"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_of_the_rest_is_kept(
    cast: Cast, settle: Settle, wrong: dict[str, object], code: str
) -> None:
    invoice = cast.invoice()
    settle()
    answer = cast.erp.post(PATH, {"bookings": [{"document": invoice, "number": "FI-1"}, wrong]})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == "bookings[1]"
    assert not Booking.objects.exists()


def test_nobody_else_reads_or_says_it(cast: Cast, settle: Settle) -> None:
    invoice = cast.invoice()
    settle()
    cast.erp.post(PATH, {"bookings": [{"document": invoice, "number": "FI-secret"}]})
    settle()
    assert cast.payer.get(PATH).status_code == 403
    assert cast.other_supplier.get(PATH).json()["items"] == []
    said = {"bookings": [{"document": invoice, "number": "mine"}]}
    assert cast.other_supplier.post(PATH, said).status_code == 422
    assert "FI-secret" not in cast.payer.get("events?limit=500").content.decode()
