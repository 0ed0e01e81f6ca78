"""A process is killed at each named point of a payment and of a refund: afterwards the money has moved once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum

from eipp.gateways import sandbox
from eipp.gateways.models import SandboxCharge
from eipp.gateways.sandbox_books import SandboxTransaction
from eipp.gateways.sandbox_callback import callback as signed
from eipp.kernel import clock
from eipp.ledger.models import CashReceipt, Invoice
from tests.counts import rounds
from tests.simulation.dying import dies_at
from tests.workflows.doing import GOOD, assert_sound, eur, paid, told
from tests.world import World
from workflows import callback, gateway_talk, intent, refund_request, refund_talk
from workflows.payment import Payment
from workflows.refund import Refund

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PAYING = (
    "after workflows.intent:posting.place_holds",  # in the intent's transaction
    "before eipp.gateways.sandbox:Sandbox.open_checkout",  # the intent is committed, nobody asked yet
    "after eipp.gateways.sandbox:Sandbox.open_checkout",  # the provider has it, and we have not its answer
    "before eipp.gateways.sandbox:pay",
    "after eipp.gateways.sandbox:pay",  # charged, and nobody told us
    "after eipp.gateways.callback:store",  # told, and not taken up
    "after workflows.callback:take_up",
    "after eipp.gateways.sandbox:Sandbox.look",  # looked, and not recorded
    "after eipp.ledger.posting:post_receipt",  # in the middle of the settlement
    "after eipp.ledger.posting:apply_receipt",
    "after workflows.payment:Payment.settle",
    "after workflows.gateway_talk:record",  # recorded, and not committed
    "after workflows.gateway_talk:ask",  # all done, and nobody was answered
)
REFUNDING = (
    "after eipp.ledger.posting:set_aside",  # in the refund's transaction
    "before eipp.gateways.sandbox:Sandbox.refund",  # committed, and not sent
    "after eipp.gateways.sandbox:Sandbox.refund",  # sent, and not recorded
    "after eipp.ledger.posting:give_back",  # in the middle of the settlement
    "after workflows.refund:Refund.succeed",
    "after workflows.refund_talk:send",
)


@pytest.mark.parametrize("point", PAYING)
def test_whoever_dies_while_paying_has_paid_once(world: World, point: str) -> None:
    for _ in range(rounds(10)):
        invoice, attempt = world.invoice("100.00", account="tiny_account"), uuid4()
        assert dies_at(point, lambda: pays(world, invoice, attempt))  # noqa: B023
        pays(world, invoice, attempt)  # the client tries again by the same key, and the worker goes on
        time_goes_by(gateway_talk)
        payment = Payment.objects.get(shares__invoice=invoice)
        charges = SandboxCharge.objects.filter(reference=payment.pk).aggregate(sum=Sum("charged"))["sum"]
        assert (payment.state, charges) == ("settled", 1)
        assert CashReceipt.objects.get(payment_id=payment.pk).amount == eur("100.00")
        assert told(payment).count("payment.settled") == 1
        assert Invoice.objects.get(pk=invoice.pk).open_minor == 0
    assert_sound()


@pytest.mark.parametrize("point", REFUNDING)
def test_whoever_dies_while_refunding_has_refunded_once(world: World, point: str) -> None:
    for _ in range(rounds(10)):
        payment = paid(world, "tom", world.invoice("100.00", account="tiny_account"))
        attempt = uuid4()
        assert dies_at(point, lambda: refunds(world, payment, attempt))  # noqa: B023
        refunds(world, payment, attempt)
        time_goes_by(refund_talk)
        (refund,) = Refund.objects.filter(payment=payment)
        went = SandboxTransaction.objects.filter(reference=refund.pk).values_list("amount_minor", flat=True)
        receipt = CashReceipt.objects.get(payment_id=payment.pk)
        assert (refund.state, list(went), receipt.given_back) == ("succeeded", [-3000], eur("30.00"))
    assert_sound()


def test_control_who_asks_anew_instead_of_again_is_charged_twice(world: World) -> None:
    """Without a key of the client's own a second try is a second payment, as soon as the first holds nothing."""
    invoice = world.invoice("100.00", account="tiny_account")
    assert dies_at("after eipp.gateways.sandbox:pay", lambda: pays(world, invoice, uuid4()))
    lost = Payment.objects.get()
    lost.fail(gateway_talk.Actor.system("control"), failure="no_answer")  # no answer is taken for a no
    pays(world, invoice, uuid4())
    assert SandboxCharge.objects.aggregate(sum=Sum("charged"))["sum"] == 2


def pays(world: World, invoice: Invoice, attempt: UUID) -> None:
    """All that happens from the button to the receipt."""
    entered = intent.enter(world.actor("tom"), [(invoice, eur("100.00"))], gateway="sandbox", attempt=attempt)
    if entered.state == "submitted":
        gateway_talk.open_checkout(entered)
    charge = sandbox.pay(SandboxCharge.objects.get(reference=entered.pk).pk, card=GOOD)
    callback.note_callback("sandbox", *signed(charge))
    gateway_talk.ask(entered.pk)


def refunds(world: World, payment: Payment, attempt: UUID) -> None:
    refund = refund_request.request(world.actor("mona"), payment, eur("30.00"), reason="Sent back", attempt=attempt)
    refund_talk.send(refund)


def time_goes_by(talk: object) -> None:
    """The worker asks about what nobody has looked at for a while."""
    moment = clock.now() + timedelta(seconds=61)
    asking: Callable[..., None] = talk.ask  # type: ignore[attr-defined]
    for pk in talk.to_be_asked(moment):  # type: ignore[attr-defined]
        asking(pk, now=moment)
