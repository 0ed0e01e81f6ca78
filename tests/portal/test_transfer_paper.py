"""How to send a transfer: on the page and as a PDF, with the code that banking apps read, while it is waited for."""

from io import BytesIO

from django.urls import reverse
from pypdf import PdfReader

from tests.workflows.doing import enter
from tests.world import World
from workflows.gateway_talk import request_cancel


def test_the_paper_says_where_to_what_and_by_which_reference(world: World) -> None:
    payment = enter(world, "tom", world.invoice("100.00", account="tiny_account"), gateway="bank_transfer",
                    method="bank_transfer")  # fmt: skip
    tom, url = world.client("tom"), reverse("portal:transfer-pdf", args=[payment.pk])
    shown = tom.get(reverse("portal:payment", args=[payment.pk])).content.decode()
    assert 'class="transfer-code"' in shown
    assert url in shown
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(tom.get(url).content)).pages)
    for said in ("DE02 2005 0550 1015 8713 93", payment.printed_reference, "100.00", "Nordwind Handels GmbH"):
        assert said in text
    api = world.program("nordwind").get(f"/api/v1/payments/{payment.pk}/transfer")
    assert (api.status_code, api["Content-Type"]) == (200, "application/pdf")
    assert world.client("anna").get(url).status_code == 404
    request_cancel(world.actor("tom"), payment)
    assert tom.get(url).status_code == 404


def test_a_swiss_qr_account_gets_a_qr_reference_and_the_qr_bills_code(world: World) -> None:
    entity = world.accounts["tiny_account"].legal_entity
    entity.bank_accounts = [{"iban": "CH4431999123000889012", "bic": "", "holder": entity.name, "currency": "EUR"}]
    entity.save()
    payment = enter(world, "tom", world.invoice("100.00", account="tiny_account"), gateway="bank_transfer",
                    method="bank_transfer")  # fmt: skip
    assert (len(payment.reference), payment.reference.isdecimal()) == (27, True)
    shown = world.client("tom").get(reverse("portal:payment", args=[payment.pk])).content.decode()
    assert 'viewBox="0 0 19 19"' in shown
    assert payment.printed_reference in shown
