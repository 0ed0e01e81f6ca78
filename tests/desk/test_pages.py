"""Every page of the desk answers the supplier's people, and nobody else."""

import pytest
from django.urls import reverse

from tests.desk.disputes import disputed
from workflows.models import Payment, Presentment

LISTS = ["home", "invoices", "disputes", "customers", "payments", "quarantine"]
SHARED = ["web:notifications", "web:search"]


def pages(world):
    """One of every kind of page that is about a row of Nordwind's."""
    dispute = disputed(world)
    presentment = Presentment.objects.get(invoice=dispute.invoice)
    rows = [("invoice", dispute.invoice), ("dispute", dispute), ("customer", world.main), ("document", presentment)]
    return [reverse(f"desk:{name}", args=[row.pk]) for name, row in rows]


@pytest.mark.parametrize("word", ["clara", "mona", "silke", "pete"])
def test_the_lists_open_for_everybody_at_the_supplier(world, word):
    client = world.client(word)
    for name in [f"desk:{name}" for name in LISTS] + SHARED:
        assert client.get(reverse(name)).status_code == 200, name


def test_every_page_opens_in_the_filled_world(full_world):
    client, actor = full_world.client("mona"), full_world.actor("mona")
    for payment in Payment.objects.visible_to(actor)[:3]:
        assert client.get(reverse("desk:payment", args=[payment.pk])).status_code == 200
        assert client.get(f"/desk/?item=payment-{payment.pk}").status_code == 200
    for name in LISTS:
        assert client.get(reverse(f"desk:{name}")).status_code == 200


@pytest.mark.parametrize("word", ["clara", "mona", "silke"])
def test_the_pages_open_for_everybody_at_the_supplier(world, word):
    client = world.client(word)
    assert [client.get(url).status_code for url in pages(world)] == [200] * 4


@pytest.mark.parametrize("word", ["paula", "anna", "sina"])
def test_for_strangers_and_for_the_other_side_the_pages_do_not_exist(world, word):
    client = world.client(word)
    for url in pages(world):
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"move": "say", "body": "Hello"}).status_code == 404, url


@pytest.mark.parametrize("word", ["anna", "sina"])
def test_the_desk_is_the_suppliers(world, word):
    client = world.client(word)
    assert client.get(reverse("desk:home")).headers["Location"] == "/"
    assert [client.get(reverse(f"desk:{name}")).status_code for name in LISTS[1:]] == [404] * 5


def test_only_a_manager_withdraws_and_only_what_nobody_has_touched(world):
    invoice, other = world.invoice("100.00"), disputed(world).invoice_id
    clara, mona = world.client("clara"), world.client("mona")
    url = reverse("desk:invoice", args=[invoice.pk])
    assert b'value="withdraw"' not in clara.get(url).content
    assert clara.post(url, {"move": "withdraw", "reason": "Wrong"}).status_code == 403
    assert b'value="withdraw"' not in mona.get(reverse("desk:invoice", args=[other])).content
    assert b'value="withdraw"' in mona.get(url).content
    refused = mona.post(url, {"move": "withdraw", "reason": ""})
    assert (refused.status_code, b"Say why" in refused.content) == (422, True)
    assert mona.post(url, {"move": "withdraw", "reason": "Sent twice"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.withdrawn_at is not None
    assert invoice.open_minor == 0


def test_an_internal_note_stays_among_colleagues(world):
    invoice = world.invoice("100.00")
    url = reverse("desk:invoice", args=[invoice.pk])
    world.client("clara").post(url, {"body": "Careful with this one.", "internal": "1"})
    assert b"Careful with this one." in world.client("mona").get(url).content
    assert (
        b"Careful with this one." not in world.client("anna").get(reverse("portal:invoice", args=[invoice.pk])).content
    )
