"""Late fees on the pages of both sides and by API."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from eipp.ledger.models import FinanceCharge, FinanceChargeRule
from tests.world import World
from workflows.jobs import charge_late_fees

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)
RULE = {
    "currency": "EUR", "kind": "percent_of_period", "percent": "1.5", "grace_days": "5", "due_days": "14", "waits": "1",
    "minimum": "5.00",
}  # fmt: skip


@pytest.mark.django_db
def test_a_rule_is_tried_and_set_and_what_it_charges_is_seen_and_waived(world: World) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        facts = {"issued": date(2026, 1, 2), "due": date(2026, 2, 1), "account": "main",
                 "now": datetime(2026, 1, 2, 9, tzinfo=UTC)}  # fmt: skip
        invoice = world.invoice("1000.00", **facts)
        mona, clara, anna = (world.client(word) for word in ("mona", "clara", "anna"))
        rules = "/desk/team/late-fees/"
        assert "No rule: nobody is charged" in mona.get(rules).text
        tried = mona.post(rules, RULE | {"move": "preview"})
        assert tried.status_code == 200 and "In February 2026 it would have charged" in tried.text
        assert "15.00" in tried.text and not FinanceChargeRule.objects.exists()
        unfit = mona.post(rules, RULE | {"move": "set", "percent": "200"})
        assert unfit.status_code == 422 and "at most 100 percent" in unfit.text and 'value="200"' in unfit.text
        assert clara.post(rules, RULE | {"move": "set"}).status_code == 403
        assert mona.post(rules, RULE | {"move": "set"}).status_code == 302
        assert "1.5% of what is past due for every month, from 5 days after the due date." in mona.get(rules).text
        clock.shift(timedelta(days=6))
        charge_late_fees()
        fee = FinanceCharge.objects.get(invoice=invoice)
        listed = mona.get("/desk/invoices/late-fees/").text
        assert fee.number in listed and invoice.number in listed
        page = f"/desk/invoices/{fee.document_id}/"
        assert "Waive the late fee" in mona.get(page).text
        for client, face in ((mona, "/desk"), (anna, "")):
            assert fee.number in client.get(f"{face}/invoices/{invoice.pk}/").text
        theirs = anna.get(f"/invoices/{fee.document_id}/").text
        assert "1.5% for the time from 7 Mar 2026 to 6 Apr 2026 on 1,000.00 EUR of invoice" in theirs
        assert "Waive" not in theirs
        assert "Late fees" in anna.get("/").text
        waived = mona.post(page, {"move": "waive", "amount": "5.00", "reason": "A good customer"})
        assert waived.status_code == 302
        fee.refresh_from_db()
        assert (fee.waived.text, fee.document.open.text) == ("5.00", "10.00")
        answer = world.program("nordwind").post(
            f"/api/v1/finance-charges/{fee.pk}/waive", {"reason": "The rest"}, content_type="application/json",
            headers={"Idempotency-Key": "waive-1"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        charge = answer.json()["charge"]
        assert (charge["open"], charge["waived"], charge["invoice_number"]) == ("0.00", "15.00", invoice.number)
        (one,) = world.program("brightwater").get("/api/v1/finance-charges").json()["items"]
        assert one["reason"] == fee.reason
        assert "Waived" in anna.get(f"/invoices/{invoice.pk}/").text
