"""Method expiry: a saved card that ends soon, or has ended, is told once each, on the first page and by mail."""

from datetime import timedelta

from django.core import mail

from eipp.kernel import clock
from eipp.kernel.events import Event
from tests.workflows.saving import saved_card
from tests.world import World
from workflows.jobs import tell_of_ending_methods
from workflows.saved_method import SavedMethod


def told() -> list[str]:
    rows = Event.objects.filter(name__in=("saved_method.expiring", "saved_method.expired")).order_by("pk")
    return [row.name for row in rows]


def test_a_card_that_ends_is_told_before_and_after_once_each(world: World, settle) -> None:
    card = saved_card(world, "tom", world.tiny_account.legal_entity)
    today = clock.today(world.tiny.time_zone)

    def ends(days: int) -> None:
        SavedMethod.objects.filter(pk=card.pk).update(expires_on=today + timedelta(days=days))
        for _ in range(2):
            tell_of_ending_methods()

    ends(31)
    assert told() == []
    assert "about to end" not in world.client("tom").get("/").content.decode()
    ends(30)
    assert told() == ["saved_method.expiring"]
    page = world.client("tom").get("/").content.decode()
    assert "about to end" in page and "Renew it" in page
    assert "about to end" not in world.client("anna").get("/").content.decode()
    ends(-1)
    assert told() == ["saved_method.expiring", "saved_method.expired"]
    assert "has ended" in world.client("tom").get("/").content.decode()
    settle()
    ends(-91)
    assert "has ended" not in world.client("tom").get("/").content.decode()
    assert len(told()) == 2
    assert mail.outbox is not None
