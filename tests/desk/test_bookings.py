"""The desk shows of every event about money whether the ERP has booked it."""

from collections.abc import Callable

from tests.world import World
from workflows.booking import Said, note_bookings


def test_ar_sees_what_the_erp_has_not_booked_and_why_not(world: World, settle: Callable[[], None]) -> None:
    first, second = world.invoice("100.00"), world.invoice("50.00")
    settle()
    clara = world.client("clara")
    page = clara.get("/desk/payments/bookings/").content.decode()
    assert first.number in page and second.number in page and "Not yet booked" in page
    assert "Not yet booked" in clara.get(f"/desk/invoices/{first.pk}/").content.decode()
    note_bookings(
        world.erp("nordwind"),
        [Said(number="FI-4711", document=first.pk), Said(reason="Period closed", document=second.pk)],
    )
    settle()
    assert "FI-4711" in clara.get(f"/desk/invoices/{first.pk}/").content.decode()
    assert "Could not be booked: Period closed" in clara.get(f"/desk/invoices/{second.pk}/").content.decode()
    assert first.number not in clara.get("/desk/payments/bookings/").content.decode()
    assert "Period closed" in clara.get("/desk/payments/bookings/?status=refused").content.decode()
    assert "FI-4711" in clara.get("/desk/payments/bookings/?status=booked").content.decode()
    for who in ("pete", "anna"):
        assert "FI-4711" not in world.client(who).get("/desk/payments/bookings/?status=all").content.decode()
    assert "FI-4711" not in world.client("anna").get(f"/invoices/{first.pk}/").content.decode()
