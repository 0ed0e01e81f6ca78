"""With a guard switched off, the simulator finds a difference: each guard has its control."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from eipp.api import idempotency, payments
from eipp.gateways.gateway import Look, NoAnswer
from eipp.kernel.actor import Actor
from eipp.ledger import posting
from tests.simulation.provider import Provider
from tests.simulation.running import Stage
from tests.simulation.story import Difference, Story
from workflows import autopay_run, callback, gateway_talk, intent, payment_back, planned
from workflows.payment import Payment

SEEDS = 80  # so many stories a control has to show its fault in; it stops at the first
Patch = pytest.MonkeyPatch


def nothing(*args: Any, **facts: Any) -> list[Any]:
    return []


def holds_are_not_placed(patch: Patch) -> None:
    patch.setattr(posting, "place_holds", nothing)


def the_clients_key_is_ignored(patch: Patch) -> None:
    enter = intent.enter
    patch.setattr(intent, "enter", lambda *args, **facts: enter(*args, **{**facts, "attempt": uuid4()}))


def a_callback_is_believed(patch: Patch) -> None:
    note = callback.note_callback

    def noted(name: str, headers: Any, body: bytes, **facts: Any) -> None:
        note(name, headers, body, **facts)
        payment = Payment.objects.filter(pk=UUID(body.decode().split()[1])).first()
        if payment and payment.state in ("submitted", "unknown", "pending"):
            payment.settle(Actor.system("gateway"), received=payment.amount, gateway_reference="g", means="card")

    patch.setattr(callback, "note_callback", noted)


def a_callbacks_signature_is_not_looked_at(patch: Patch) -> None:
    read = Provider.read_callback
    patch.setattr(Provider, "read_callback", lambda self, headers, body: read(self, {"Signed": "simulated"}, body))


def no_answer_is_taken_for_a_no(patch: Patch) -> None:
    def opened(self: Provider, intent: Any) -> Any:
        try:
            return honest(self, intent)
        except NoAnswer:
            Payment.objects.get(pk=intent.reference).fail(Actor.system("gateway"), failure="no_answer")
            raise

    honest = Provider.open_checkout
    patch.setattr(Provider, "open_checkout", opened)


def missing_is_believed_at_once(patch: Patch) -> None:
    patch.setattr(gateway_talk, "UNATTENDED", timedelta(0))


def nobody_asks_by_themselves(patch: Patch) -> None:
    def only_news(now: Any) -> list[UUID]:
        return list(Payment.objects.filter(callback_at__isnull=False).values_list("pk", flat=True))

    patch.setattr(gateway_talk, "to_be_asked", only_news)


def what_was_asked_is_booked_instead_of_what_came(patch: Patch) -> None:
    settle = Payment.settle

    def settled(self: Payment, *args: Any, **facts: Any) -> Any:
        return settle(self, *args, **{**facts, "received": self.amount})

    patch.setattr(Payment, "settle", settled)


def a_return_leaves_the_receipt(patch: Patch) -> None:
    patch.setattr("workflows.payment.posting.reverse_receipt", nothing)


def what_has_ended_is_still_held(patch: Patch) -> None:
    patch.setattr(posting, "release_holds", nothing)


def more_than_open_is_let_through(patch: Patch) -> None:
    for module in ("holds", "applications"):
        patch.setattr(f"eipp.ledger.posting.{module}.refuse_more_than_open", nothing)
    patch.setattr(intent, "_check_free", nothing)


def a_death_leaves_what_was_half_written(patch: Patch) -> None:
    patch.setattr(Story, "fate", lambda self, chance: 0 if self.in_peace else self.dice.randint(0, 14))
    for module in ("workflows.machine", "workflows.gateway_talk", "workflows.cash_posting"):
        patch.setattr(f"{module}.database", _NoTransaction())


def the_gateway_is_not_remembered(patch: Patch) -> None:
    """Each look is told that the money came, as by a gateway that knows no reference."""
    patch.setattr(Provider, "look", lambda self, reference: Look("succeeded", self.truth(reference).amount))


def a_programs_key_is_forgotten_at_once(patch: Patch) -> None:
    patch.setattr(idempotency, "once", lambda request, act, **facts: act())
    patch.setattr(payments, "_attempt", lambda request: uuid4())


def plans_do_not_give_way(patch: Patch) -> None:
    for module in ("holds", "applications"):
        patch.setattr(f"eipp.ledger.posting.{module}.give_way", nothing)


def a_charge_back_of_a_part_takes_all(patch: Patch) -> None:
    take = payment_back.take_back
    patch.setattr("workflows.payment.take_back", lambda *args, **facts: take(*args, **{**facts, "amount": None}))


def what_is_planned_is_paid_whatever_came_over_it(patch: Patch) -> None:
    """As it was entered, whatever of it was disputed, credited or paid since."""

    def all_of_it(payment: Payment) -> list[Any]:
        return [(share.invoice, share.amount) for share in payment.shares.select_related("invoice")]

    patch.setattr(planned, "_held", all_of_it)
    patch.setattr("eipp.ledger.posting.holds.refuse_more_than_open", nothing)


def a_standing_order_leaves_credit_lying(patch: Patch) -> None:
    patch.setattr(autopay_run, "net", nothing)


def a_standing_order_pays_whatever_it_costs(patch: Patch) -> None:
    patch.setattr(autopay_run, "cap", nothing)


class _NoTransaction:
    def atomic(self, *args: Any, **facts: Any) -> Any:
        return args[0] if args else nullcontext()

    def __getattr__(self, name: str) -> Any:
        return getattr(__import__("django.db.transaction", fromlist=["x"]), name)


CONTROLS = (
    holds_are_not_placed, the_clients_key_is_ignored, a_callback_is_believed, a_callbacks_signature_is_not_looked_at,
    no_answer_is_taken_for_a_no, missing_is_believed_at_once, nobody_asks_by_themselves,
    what_was_asked_is_booked_instead_of_what_came, a_return_leaves_the_receipt, what_has_ended_is_still_held,
    more_than_open_is_let_through, a_death_leaves_what_was_half_written, the_gateway_is_not_remembered,
    a_programs_key_is_forgotten_at_once, plans_do_not_give_way, a_charge_back_of_a_part_takes_all,
    what_is_planned_is_paid_whatever_came_over_it, a_standing_order_leaves_credit_lying,
    a_standing_order_pays_whatever_it_costs,
)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("off", CONTROLS, ids=lambda off: off.__name__)
def test_with_a_guard_off_a_story_goes_wrong(stage: Stage, off: Callable[[Patch], None]) -> None:
    """And with the guard on, that very story comes out right."""
    for seed in range(SEEDS):
        with pytest.MonkeyPatch.context() as patch:
            off(patch)
            try:
                stage.run(seed)
            except Difference:
                break
    else:
        pytest.fail("no story shows the fault: the simulator would not notice that this guard is missing")
    stage.run(seed)
