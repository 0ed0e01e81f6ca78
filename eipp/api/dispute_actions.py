"""What either side does with a dispute: one address per move of the machine."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.disputes import DisputeDetail, detail_of, money_of, rows_of
from eipp.api.operation import operation
from eipp.api.resource import Resource
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from messaging import conversation
from messaging.thread import LONGEST
from workflows import answering, deduction
from workflows.dispute import Dispute


class Empty(shapes.Written):
    """Nothing is to be said."""


class Said(shapes.Written):
    """What is asked or answered; it stands in the dispute's thread."""

    message: Annotated[str, Meta(min_length=1, max_length=LONGEST)]


class Proposed(shapes.Written):
    """The credit that is offered, tax included."""

    amount: shapes.Amount


class AcceptedLine(shapes.Written):
    """So many units of a disputed line; `id` as in the dispute's `lines`."""

    id: UUID
    quantity: shapes.Number


class Accepted(shapes.Written):
    """The lines and units, or the amount, that are credited; neither for all of it."""

    lines: Annotated[list[AcceptedLine], Meta(min_length=1, max_length=1000)] | None = None
    amount: shapes.Amount | None = None


class Declined(shapes.Written):
    reason: Annotated[str, Meta(min_length=1, max_length=5000)]


class DisputeAction(Resource):
    """A move: found through the actor, made by the machine, answered by the dispute as it is then."""

    def make(self, id: UUID, move: Callable[[Dispute], Any]) -> Response:
        dispute = self.find(rows_of(self.actor), id)
        move(dispute)
        return Response(detail_of(dispute, self.actor))


class Take(DisputeAction):
    @operation("Take a dispute", right="dispute.work", tag="disputes", body=Empty, answers={200: DisputeDetail})
    def post(self, request: Request, id: UUID) -> Response:
        self.body()
        return self.make(id, lambda dispute: dispute.take(self.actor, now=clock.now()))


class Ask(DisputeAction):
    @operation("Ask the buyer", right="dispute.work", tag="disputes", body=Said, answers={200: DisputeDetail},
               example={"message": "Can you send a photo?"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        said: Said = self.body()
        return self.make(id, lambda dispute: conversation.ask(self.actor, dispute, said.message, now=clock.now()))


class Answer(DisputeAction):
    @operation("Answer the question", right="dispute.answer", tag="disputes", body=Said, answers={200: DisputeDetail},
               example={"message": "Here it is."})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        said: Said = self.body()
        return self.make(id, lambda dispute: conversation.answer(self.actor, dispute, said.message, now=clock.now()))


class Propose(DisputeAction):
    @operation("Propose a credit", right="dispute.work", tag="disputes", body=Proposed, answers={200: DisputeDetail},
               example={"amount": "50.00"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        new: Proposed = self.body()
        return self.make(id, lambda dispute: answering.propose(
            self.actor, dispute, now=clock.now(), amount=money_of(dispute, new.amount)
        ))  # fmt: skip


class Accept(DisputeAction):
    @operation("Accept and credit", right="dispute.work", tag="disputes", body=Accepted, answers={200: DisputeDetail},
               example={"amount": "50.00"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """The credit note is posted and applied to the invoice at once; where your ERP issues credit notes, it is asked
        for it (`credit_request`). Above your limit it waits for a second person (`authority_request`)."""
        new: Accepted = self.body()
        if new.lines and new.amount:
            raise Refusal("lines_or_amount", "Give lines or an amount, not both.", status=422, field="amount")
        return self.make(id, lambda dispute: answering.accept(
            self.actor, dispute, now=clock.now(), **_credit(dispute, new)
        ))  # fmt: skip


class Agree(DisputeAction):
    @operation("Agree to the proposal", right="dispute.answer", tag="disputes", body=Empty,
               answers={200: DisputeDetail})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        self.body()
        return self.make(id, lambda dispute: dispute.agree(self.actor, now=clock.now()))


class Decline(DisputeAction):
    @operation("Decline a dispute", right="dispute.work", tag="disputes", body=Declined, answers={200: DisputeDetail},
               example={"reason": "The delivery note is signed without remarks."})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        new: Declined = self.body()
        return self.make(id, lambda dispute: dispute.decline(self.actor, now=clock.now(), reason=new.reason))


class WriteOff(DisputeAction):
    @operation("Write off what is disputed", right="write_off.make", tag="disputes", body=Empty,
               answers={200: DisputeDetail})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Not worth arguing: the amount held back is given up. Above your limit it waits for a second person
        (`authority_request`)."""
        self.body()
        return self.make(id, lambda dispute: deduction.write_off(self.actor, dispute, now=clock.now()))


class Withdraw(DisputeAction):
    @operation("Withdraw a dispute", right="dispute.withdraw", tag="disputes", body=Empty,
               answers={200: DisputeDetail})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        self.body()
        return self.make(id, lambda dispute: dispute.withdraw(self.actor, now=clock.now()))


class Escalate(DisputeAction):
    @operation("Escalate a dispute", right="dispute.escalate", tag="disputes", body=Empty,
               answers={200: DisputeDetail})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Once: somebody else on the supplier's side judges anew."""
        self.body()
        return self.make(id, lambda dispute: dispute.escalate(self.actor, now=clock.now()))


def _credit(dispute: Dispute, new: Accepted) -> dict[str, Any]:
    if new.lines:
        return {"quantities": {
            line.id: shapes.number(line.quantity, f"lines[{index}].quantity") for index, line in enumerate(new.lines)
        }}  # fmt: skip
    return {"amount": money_of(dispute, new.amount)} if new.amount else {}
