"""Many refunds of one payment at once on PostgreSQL: never more goes back than was paid; with the guards off, more."""

from uuid import UUID, uuid4

import pytest
from django.db.models import Sum

from eipp.gateways.sandbox_books import SandboxTransaction
from eipp.ledger.models import CashReceipt
from tests.counts import rounds
from tests.workflows.at_once import THREADS, each_in_twenty, meet_after, unlock
from tests.workflows.doing import assert_sound, eur, paid
from tests.world import World
from workflows import refund_request, refund_talk
from workflows.payment import Payment
from workflows.refund import Refund

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = rounds(100)


def refund_at_once(
    world: World, part: str, attempt: UUID | None = None, *, who: str = "mona"
) -> tuple[Payment, list[str]]:
    """Twenty people of AR refund a part of a payment of 100.00, each for themselves or all by one attempt."""
    payment = paid(world, "tom", world.invoice("100.00", account="tiny_account"))
    actor = world.actor(who)

    def one() -> None:
        asked = refund_request.request(actor, payment, eur(part), reason="Sent back", attempt=attempt or uuid4())
        refund_talk.send(asked)

    return payment, list(each_in_twenty(one))


def asked_for(payment: Payment) -> int:
    asked = Refund.objects.filter(payment=payment).exclude(state="cancelled").aggregate(sum=Sum("amount_minor"))
    return asked["sum"] or 0


def sent(payment: Payment) -> int:
    """What the provider's own books say that went."""
    refunds = Refund.objects.filter(payment=payment).values("pk")
    went = SandboxTransaction.objects.filter(reference__in=refunds).aggregate(sum=Sum("amount_minor"))
    return -(went["sum"] or 0)


def test_refunds_of_three_hundred_percent_never_give_back_more_than_was_paid(world: World) -> None:
    for _ in range(ROUNDS):
        payment, results = refund_at_once(world, "15.00")
        assert (results.count("done"), results.count("more_than_received")) == (6, THREADS - 6)
        receipt = CashReceipt.objects.get(payment_id=payment.pk)
        assert (sent(payment), receipt.given_back, receipt.set_aside) == (9000, eur("90.00"), eur("0"))
    assert_sound()


@pytest.mark.parametrize(
    ("who", "went"), [("mona", 6000), ("clara", 0)], ids=["sent at once", "a second person is asked"]
)
def test_of_two_refunds_that_do_not_fit_together_one_is_taken(world: World, who: str, went: int) -> None:
    for _ in range(ROUNDS):
        payment, results = refund_at_once(world, "60.00", who=who)
        assert (results.count("done"), results.count("more_than_received")) == (1, THREADS - 1)
        assert (asked_for(payment), sent(payment)) == (6000, went)
    assert_sound()


def test_twenty_repetitions_of_one_refund_send_it_once(world: World) -> None:
    for _ in range(ROUNDS):
        payment, results = refund_at_once(world, "60.00", uuid4())
        assert set(results) == {"done"}
        assert (Refund.objects.filter(payment=payment).count(), sent(payment)) == (1, 6000)
    assert_sound()


def test_without_the_locks_more_is_to_go_back_than_was_paid(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that wait for a second person; what is set aside the database itself would still stop."""
    unlock(monkeypatch)
    meet_after(monkeypatch, "workflows.refund_request._check")
    for _ in range(20):
        if asked_for(refund_at_once(world, "60.00", who="clara")[0]) > 10_000:
            return
    pytest.fail("the control shows no fault: the tests beside it prove nothing")
