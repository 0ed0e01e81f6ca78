"""What was held back: every reason is said, the original can be had, and a person may say whose it is."""

from decimal import Decimal

import msgspec

from documents.einvoice.fault import Fault
from eipp.demo.bill import Bill, Good
from eipp.kernel import clock
from workflows.presentment import Presentment
from workflows.receiving import Arrival, receive


def held_back(world, *, faults=(), number="RE-77"):
    """An invoice that names an account nobody knows."""
    bill = Bill(account=world.main, currency="EUR", issued=clock.today("Europe/Berlin"),
                goods=((Good("Washers", "70.00"), Decimal(1)),), number=number)  # fmt: skip
    arrival = Arrival(bill.document(), channel="json", judged=True, account_number="nobody", faults=faults)
    presentment = receive(world.erp("nordwind"), arrival).presentment
    assert presentment.state == "quarantined"
    return presentment


def test_a_document_for_nobody_is_released_to_the_account_a_clerk_chooses(world):
    presentment, clara = held_back(world), world.client("clara")
    url = f"/desk/documents/{presentment.pk}/"
    assert "RE-77" in clara.get("/desk/documents/").content.decode()
    assert f"document-{presentment.pk}" in clara.get("/desk/").content.decode()
    page = clara.get(url, {"find": "bright"}).content.decode()
    assert "No customer account was found for" in page
    assert f'value="{world.main.pk}"' in page
    assert clara.post(url, {"move": "release"}).status_code == 422
    assert clara.post(url, {"move": "release", "account": str(world.main.pk)}).status_code == 302
    presentment = Presentment.objects.get(pk=presentment.pk)
    assert presentment.state == "presented"
    assert world.client("anna").get(f"/invoices/{presentment.invoice_id}/").status_code == 200
    assert f"document-{presentment.pk}" not in clara.get("/desk/").content.decode()


def test_a_faulty_document_is_not_released_and_says_every_reason(world):
    faults = [Fault("BR-CO-10", "The lines add up to 70.00, the sum of lines is 71.00.", "line_total"),
              Fault("BR-16", "An invoice has at least one line.", "lines")]  # fmt: skip
    presentment, clara = held_back(world, faults=faults), world.client("clara")
    url = f"/desk/documents/{presentment.pk}/"
    page = clara.get(url).content.decode()
    for fault in faults:
        assert fault.message in page
        assert fault.rule in page
    assert 'value="release"' not in page
    assert clara.post(url, {"move": "release", "account": str(world.main.pk)}).status_code == 409


def test_a_foreign_account_cannot_be_chosen(world):
    presentment = held_back(world)
    posted = {"move": "release", "account": str(world.pacific_usd.pk)}
    assert world.client("clara").post(f"/desk/documents/{presentment.pk}/", posted).status_code == 404


def test_nonsense_in_a_held_back_document_is_shown_as_it_is(world):
    presentment = held_back(world)
    odd = {"number": "X", "payable": "NaN", "currency": "???", "issue_date": "soon", "lines": [{"quantity": "1E3"}]}
    Presentment.objects.filter(pk=presentment.pk).update(document=msgspec.json.decode(msgspec.json.encode(odd)))
    page = world.client("clara").get(f"/desk/documents/{presentment.pk}/")
    assert page.status_code == 200
    assert "1E3" in page.content.decode()
