"""Early-payment discounts as people and programs see them, from posting to payment."""

import re
from datetime import timedelta
from typing import Any

from django.urls import reverse

from eipp.kernel import clock
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from eipp.ledger.verify import verify
from tests.workflows.doing import approve, at_the_page, enter, eur, hear
from tests.world import World


def body(world: World, number: str, **facts: object) -> dict[str, object]:
    day = clock.today(world.nordwind.time_zone)
    line = {
        "number": "1",
        "name": "Bolt",
        "quantity": "10",
        "unit_price": "100.00",
        "tax_category": "Z",
        "tax_rate": "0",
    }
    return {
        "number": number, "account": world.main.number, "issue_date": day.isoformat(), "currency": "EUR",
        "lines": [line],
        "due_date": (day + timedelta(days=30)).isoformat(), **facts,
    }  # fmt: skip


def text(page: object) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page.content.decode()))  # type: ignore[attr-defined]


def test_what_may_be_taken_off_is_shown_filled_in_and_granted(world: World) -> None:
    day, erp = clock.today(world.nordwind.time_zone), world.program("nordwind")
    until = day + timedelta(days=20)
    steps = [{"percent": "2", "days": 10}, {"percent": "1.5", "until": until.isoformat()}]
    posted = erp.post(
        "/api/v1/invoices", body(world, "D-1", discounts=steps, payment_terms="30 days net"), "application/json"
    )
    assert posted.status_code == 201, posted.content
    invoice = Invoice.objects.get(number="D-1")
    assert invoice.payment_terms == "30 days net\n#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.50#\n"
    found = world.program("brightwater").get(f"/api/v1/invoices/{invoice.pk}").json()
    assert found["discount"] == {
        "percent": "2.00", "until": (day + timedelta(days=10)).isoformat(), "amount": "20.00", "to_pay": "980.00"
    }  # fmt: skip
    assert [step["amount"] for step in found["discounts"]] == ["20.00", "15.00"] and found["discount_lost"] == "0.00"
    anna, url = world.client("anna"), reverse("portal:invoice", args=[invoice.pk])
    whole = text(anna.get(url))
    assert "If paid by" in whole and "980.00 EUR" in whole and "#SKONTO#" not in whole and "985.00 until" in whole
    assert "980.00 EUR until" in text(anna.get("/invoices/")) and "980.00 EUR until" in text(
        world.client("mona").get("/desk/invoices/")
    )
    approve(world, "ben", invoice)
    page = anna.get(f"/payments/new/?invoice={invoice.pk}").content.decode()
    assert 'value="980.00"' in page
    payment = enter(world, "anna", (invoice, eur("980.00")))
    invoice.refresh_from_db()
    assert invoice.free.minor == 0
    assert "Discount of a payment on the way" in text(anna.get(reverse("portal:amounts", args=[invoice.pk])))
    at_the_page(payment)
    hear(payment)
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.discounted.text) == (0, "20.00")
    assert "Early-payment discount" in text(anna.get(reverse("portal:amounts", args=[invoice.pk])))
    assert "were granted as early-payment discount" in text(anna.get(url)) and list(verify()) == []


def test_terms_that_say_nothing_clear_are_refused(world: World) -> None:
    erp = world.program("nordwind")
    for step, code in (
        ({"percent": "2"}, "discount_unclear"), ({"percent": "0", "days": 10}, "discount_unclear"),
        ({"percent": "2", "until": "2020-01-01"}, "discount_before_issue"),
    ):  # fmt: skip
        answer = erp.post("/api/v1/invoices", body(world, "D-2", discounts=[step]), "application/json")
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    account = f"/api/v1/accounts/{world.main.pk}"
    assert (
        erp.patch(account, {"discount_terms": "2 percent"}, "application/json").json()["code"]
        == "discount_terms_unclear"
    )
    assert (
        erp.patch(account, {"discount_terms": "2%10; 1 % 20"}, "application/json").json()["discount_terms"]
        == "2% 10, 1% 20"
    )
    assert erp.post("/api/v1/invoices", body(world, "D-3"), "application/json").status_code == 201
    assert len(Invoice.objects.get(number="D-3").discount_terms["steps"]) == 2


def test_several_due_dates_are_posted_shown_and_paid_one_after_the_other(world: World) -> None:
    day, erp = clock.today(world.nordwind.time_zone), world.program("nordwind")
    parts: list[dict[str, object]] = [
        {"due_date": day.isoformat(), "amount": "300.00"},
        {"due_date": (day + timedelta(days=60)).isoformat(), "amount": "700.00", "retention": True},
    ]
    wrong = body(world, "I-0", instalments=[parts[0], parts[0] | {"amount": "700.01"}])
    assert erp.post("/api/v1/invoices", wrong, "application/json").json()["code"] == "dues_differ"
    assert erp.post("/api/v1/invoices", body(world, "I-1", instalments=parts), "application/json").status_code == 201
    invoice = Invoice.objects.get(number="I-1")
    found = world.program("brightwater").get(f"/api/v1/invoices/{invoice.pk}").json()
    assert [(row["open"], row["retention"]) for row in found["instalments"]] == [("300.00", False), ("700.00", True)]
    anna = world.client("anna")
    whole = text(anna.get(reverse("portal:invoice", args=[invoice.pk])))
    assert "Kept back until" in whole and "one of 2 due dates" in text(anna.get("/invoices/?status=not_yet_due"))
    approve(world, "ben", invoice)
    assert 'value="300.00"' in anna.get(f"/payments/new/?invoice={invoice.pk}").content.decode()
    payment = enter(world, "anna", (invoice, eur("300.00")))
    at_the_page(payment)
    hear(payment)
    invoice.refresh_from_db()
    assert invoice.due_date == day + timedelta(days=60) and "due today" not in invoice.standing(day)
    sums = world.program("brightwater").get("/api/v1/summary").json()["currencies"][0]
    assert (sums["due"]["open"], sums["not_yet_due"]["open"]) == ("0.00", "700.00") and list(verify()) == []


def test_the_report_tells_both_sides_what_was_won_and_lost_down_to_the_invoice(world: World) -> None:
    day = clock.today(world.nordwind.time_zone)

    def invoice(amount: str, terms: str, **facts: Any) -> Invoice:
        world.main.discount_terms = terms
        world.main.save()
        return world.invoice(amount, **facts)

    won, lost = invoice("100.00", "2% 10"), invoice("200.00", "2% 0", issued=day - timedelta(days=1))
    invoice("300.00", "2% 5")
    receipt = posting.post_receipt(
        world.erp("nordwind"), account=world.main, amount=eur("98.00"), received_on=day, kind="transfer"
    )
    posting.apply_receipt(world.erp("nordwind"), receipt, [(won, eur("98.00"))])
    for person, path in (("anna", "/reports/discounts/"), ("mona", "/desk/reports/discounts/")):
        page = text(world.client(person).get(path))
        assert "In EUR 12.00 2.00 4.00 6.00" in page, page
        rows = world.client(person).get(f"{path}rows/", {"of": "lost", "currency": "EUR"})
        assert lost.number in text(rows) and won.number not in text(rows)
