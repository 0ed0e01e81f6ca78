"""How an invoice's amounts came about: page and API tell the same, down to the posting."""

import re
from datetime import timedelta
from uuid import uuid4

from django.urls import reverse

from eipp.kernel import clock
from eipp.ledger import credit, posting
from tests.workflows.doing import eur
from tests.world import World
from workflows.dispute import open_dispute


def test_every_figure_of_an_invoice_opens_into_what_made_it(world: World) -> None:
    invoice, system = world.invoice("100.00"), world.erp("nordwind")
    day = clock.today(world.nordwind.time_zone)
    receipt = posting.post_receipt(
        system, account=world.main, amount=eur("30.00"), received_on=day, kind="transfer", reference="rent of May"
    )
    posting.apply_receipt(system, receipt, [(invoice, eur("30.00"))])
    posting.reverse_receipt(system, receipt, reason="mistake")
    note = posting.post_credit_note(
        system, credit.credit_amount(invoice, eur("5.00"), issue_date=day), apply_to=invoice
    )
    invoice.refresh_from_db()
    dispute = open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("20.00"), comment="?")
    posting.expect(
        system, "announced", reason=("announcement", uuid4()), shares=[(invoice, eur("50.00"))],
        expected_on=day + timedelta(days=3),
    )  # fmt: skip
    for person, face in (("anna", "portal"), ("mona", "desk")):
        page = world.client(person).get(reverse(f"{face}:amounts", args=[invoice.pk])).content.decode()
        text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
        for words in (
            "Invoiced", "Paid rent of May -30.00 70.00", "Payment taken back", "Credited", note.number, "95.00 EUR",
            f"In dispute {dispute.number}", "Announced", "Still to be asked for 25.00 EUR",
        ):  # fmt: skip
            assert words.replace("-", "\N{MINUS SIGN}") in text or words in text, words
        assert reverse(f"{face}:dispute", args=[dispute.pk]) in page
        whole = world.client(person).get(reverse(f"{face}:invoice", args=[invoice.pk])).content.decode()
        assert reverse(f"{face}:amounts", args=[invoice.pk]) in whole
    found = world.program("brightwater").get(f"/api/v1/invoices/{invoice.pk}").json()
    assert [(row["kind"], row["amount"], row["open"]) for row in found["movements"]] == [
        ("invoice", "100.00", "100.00"), ("application", "-30.00", "70.00"),
        ("application_reversal", "30.00", "100.00"),
        ("application", "-5.00", "95.00"),
    ]  # fmt: skip
    assert (found["free"], found["announced"], found["chased"]) == ("75.00", "50.00", "25.00")
    assert [row["reason_id"] for row in found["held"]] == [str(dispute.pk)]
    sums = world.program("brightwater").get(f"/api/v1/accounts/{world.main.pk}/summary").json()["currencies"][0]
    assert (sums["payable"], sums["announced"], sums["promised"], sums["chased"]) == ("75.00", "50.00", "0.00", "25.00")
    assert "Announced by you" in world.client("anna").get("/").content.decode()
    listed = world.client("anna").get("/invoices/?status=announced").content.decode()
    assert invoice.number in listed and "Announced" in listed
