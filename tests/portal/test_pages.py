"""Every page of the portal answers the buyer, and shows what it should."""

import pytest
from django.urls import reverse

from eipp.ledger.models import Invoice


@pytest.mark.parametrize("name", ["home", "invoices", "approvals", "disputes", "payments", "pay"])
def test_the_page_opens_for_the_buyer(full_world, name):
    assert full_world.client("anna").get(reverse(f"portal:{name}")).status_code == 200


@pytest.mark.long
@pytest.mark.parametrize("word", ["anna", "ben", "vera"])
def test_every_invoice_page_opens_for_the_buyers_people(full_world, word):
    client, actor = full_world.client(word), full_world.actor(word)
    for invoice in Invoice.objects.visible_to(actor).order_by("pk")[::8]:
        assert client.get(reverse("portal:invoice", args=[invoice.pk])).status_code == 200
