"""The pages of webhooks: a choice that a program made is kept, and none is never taken for all."""

from messaging.webhook import WebhookEndpoint, add_webhook
from tests.world import World


def test_saving_keeps_what_a_program_chose_and_no_choice_is_not_all(world: World) -> None:
    url = "https://erp.nordwind.example/hook"
    row, _ = add_webhook(world.actor("silke"), world.nordwind, url=url, names=["invoice.presented"])
    client, page = world.client("silke"), f"/desk/team/webhooks/{row.pk}/"
    told = {"move": "change", "url": url, "title": "ERP", "hears": "some"}
    assert client.post(page, told).status_code == 302
    assert WebhookEndpoint.objects.get().names == ["invoice.presented"]
    assert client.post(page, {**told, "kind": "credit"}).status_code == 302
    assert WebhookEndpoint.objects.get().names == ["credit_note.posted", "invoice.presented"]
    assert client.post(page, {**told, "hears": "all"}).status_code == 302
    assert WebhookEndpoint.objects.get().names == []
    refused = client.post(page, told)
    assert refused.status_code == 422 and "Choose what it is told" in refused.content.decode()
    assert client.get("/desk/team/webhooks/").status_code == 200
    for stranger in ("clara", "dora"):
        assert world.client(stranger).get(page).status_code == 404
