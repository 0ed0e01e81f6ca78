"""The cast stands as it is described, and the two fixtures do not see each other."""

from eipp.ledger.models import Invoice
from tests.world import World


def test_an_invoice_that_the_erp_posts_is_open_in_full(world: World) -> None:
    assert world.invoice("100.00").open.text == "100.00"
    assert world.invoice(lines=[("Bolt M8", 10, "25.00")], tax="19").payable.text == "297.50"


def test_a_stranger_does_not_see_the_invoice_that_the_buyer_sees(world: World) -> None:
    invoice = world.invoice("100.00")
    seen = {word for word in world.people if Invoice.objects.visible_to(world.actor(word)).filter(pk=invoice.pk)}
    assert seen == {"anna", "ben", "vera", "dora", "clara", "carl", "mona", "silke"}


def test_what_a_test_posts_in_the_full_world_is_gone_in_the_next(full_world: World) -> None:
    assert not Invoice.objects.filter(number="T-only-here").exists()
    full_world.invoice("3.00", number="T-only-here")


def test_what_a_test_commits_in_the_full_world_is_gone_in_the_next(full_world: World, transactional_db: None) -> None:
    assert not Invoice.objects.filter(number="T-only-here").exists()
    full_world.invoice("3.00", number="T-only-here")


def test_nothing_of_the_full_world_is_seen_from_other_tests(world: World, transactional_db: None) -> None:
    assert not Invoice.objects.exists()
