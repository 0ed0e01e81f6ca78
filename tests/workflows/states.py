"""A row of every workflow in every state, reached as it is reached in life; and what each move needs to be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stdnum import iban as ibans

from documents.einvoice.fault import Fault
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.accounts.roles import ROLES, rights_of_roles
from eipp.demo.bill import Bill, Good
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger import credit, posting
from eipp.ledger.draft import CreditNoteDraft
from tests.workflows.doing import approve, confirmed_account, enter, eur, paid
from tests.workflows.states_to_come import DETAILS_TO_COME, REACHABLE_TO_COME, ToCome
from tests.world import World
from workflows import answering, approval, authority, bank_details, planning, refund_request
from workflows.approval import ApprovalRun
from workflows.authority import AuthorityRequest
from workflows.bank_details import BankDetails
from workflows.chargeback import Chargeback
from workflows.credit_request import CreditRequest
from workflows.dispute import Dispute, open_dispute
from workflows.machine import Machine, Step
from workflows.payment import Payment
from workflows.plan import Plan
from workflows.presentment import Presentment
from workflows.receiving import Arrival, judge, receive
from workflows.refund import Refund

SYSTEM = Actor.system("test")
#: Whose authority reaches far enough for a right that clerks have up to a limit alone.
ALONE = {"write_off.make": "ar_manager"}


@dataclass
class States(ToCome):
    """`reach(machine, state)` gives a new row; `allowed(step)` an actor who may; `told(row, step)` the details."""

    world: World

    def reach(self, machine: type[Machine], state: str) -> Machine:
        row: Machine = getattr(self, f"_{machine.__name__.lower()}")(state)
        row = machine._base_manager.get(pk=row.pk)
        assert row.state == state
        return row

    def allowed(self, step: Step) -> Actor:
        """Somebody whose role gives the right; the platform where no role does."""
        able = (name for name, role in ROLES.items() if step.right in role.rights)
        role = ALONE.get(step.right) or next(able, None)
        return self.as_role(role) if role else SYSTEM

    def as_role(self, role: str) -> Actor:
        """Somebody with this role alone."""
        side = ROLES[role].side
        person = self.world.actor("anna" if side == "buyer" else "clara")
        return replace(person, roles=frozenset({role}), rights=rights_of_roles({role}, side=side))

    def told(self, step: Step) -> dict[str, Any]:
        asked = DETAILS.get(step.event, DETAILS.get(step.name, {}))
        return asked(self.world) if callable(asked) else dict(asked)

    def _dispute(self, state: str) -> Dispute:
        clara, anna = self.world.actor("clara"), self.world.actor("anna")
        row = open_dispute(anna, self.world.invoice("100.00"), reason="price", amount=eur("30.00"))
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "opened": (), "in_review": (lambda: row.take(clara),), "asked": (lambda: row.ask(clara),),
            "proposed": (lambda: row.propose(clara, amount=eur("10.00")),), "accepted": (lambda: row.accept(clara),),
            "declined": (lambda: row.decline(clara, reason="no"),), "withdrawn": (lambda: row.withdraw(anna),),
            "written_off": (lambda: row.write_off(self.world.actor("mona")),),
            "escalated": (lambda: row.decline(clara, reason="no"), lambda: row.escalate(anna)),
        }  # fmt: skip
        return _gone(row, way[state])

    def _approvalrun(self, state: str) -> ApprovalRun:
        ben = self.world.actor("ben")
        row = approval.active_run(self.world.invoice("100.00"))
        assert row
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "waiting": (), "approved": (lambda: row.approve(ben),), "rejected": (lambda: row.reject(ben, reason="no"),),
            "lapsed": (lambda: row.lapse(SYSTEM, because="corrected"),),
            "resubmitted": (lambda: row.reject(ben, reason="no"), lambda: row.resubmit(ben)),
        }  # fmt: skip
        return _gone(row, way[state])

    def _authorityrequest(self, state: str) -> AuthorityRequest:
        clara, mona = self.world.actor("clara"), self.world.actor("mona")
        row = authority.require(replace(clara, person_id=self.world.carl.pk), "plan", eur("9.00"),
                                about=self.world.invoice("9.00"))  # fmt: skip
        assert row
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "waiting": (), "granted": (lambda: row.grant(mona, carry_out=_nothing),),
            "declined": (lambda: row.decline(mona, reason="no"),), "withdrawn": (lambda: row.withdraw(SYSTEM),),
        }  # fmt: skip
        return _gone(row, way[state])

    def _creditrequest(self, state: str) -> CreditRequest:
        clara, world = self.world.actor("clara"), self.world
        LegalEntity.objects.filter(organisation=world.nordwind).update(credit_notes_by="erp")
        for account in world.accounts.values():
            account.legal_entity.refresh_from_db()
        row = answering.give_credit(clara, world.invoice("100.00"), eur("30.00"), reason="Too much")
        assert isinstance(row, CreditRequest)
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "open": (), "closed": (lambda: row.close(world.erp("nordwind"), draft=_answer(world)),),
            "cancelled": (lambda: row.cancel(clara, reason="no"),),
        }  # fmt: skip
        return _gone(row, way[state])

    def _payment(self, state: str) -> Payment:
        if state == "planned":
            return self.planned()
        row = enter(self.world, "tom", self.world.invoice("100.00", account="tiny_account"))
        came: dict[str, Any] = {"received": row.amount, "gateway_reference": "g", "means": "card"}
        settle, back = (lambda: row.settle(SYSTEM, **came)), {"failure": "card_declined"}
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "submitted": (), "pending": (lambda: row.await_money(SYSTEM),), "settled": (settle,),
            "failed": (lambda: row.fail(SYSTEM, **back),), "cancelled": (lambda: row.cancel(SYSTEM),),
            "unknown": (lambda: row.lose_sight(SYSTEM),), "returned": (settle, lambda: row.come_back(SYSTEM, **back)),
            "charged_back": (settle, lambda: row.charge_back(SYSTEM, **back)),
        }  # fmt: skip
        return _gone(row, way[state])

    def _refund(self, state: str) -> Refund:
        """A payout, since of what a provider sends nobody marks anything."""
        mona, account = self.world.actor("mona"), self.world.main
        if bank_details.in_force(self.world.brightwater, "EUR") is None:
            confirmed_account(self.world)
        came = posting.post_receipt(SYSTEM, account=account, amount=eur("50.00"), received_on=clock.today(),
                                    kind="transfer")  # fmt: skip
        asker = mona if state != "requested" else self.world.actor("clara")
        row = refund_request.request(asker, came, eur("20.00"), reason="Paid twice")
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "requested": (), "submitted": (), "pending": (lambda: row.mark_sent(mona),),
            "unknown": (lambda: row.lose_sight(SYSTEM),), "succeeded": (lambda: row.succeed(SYSTEM),),
            "failed": (lambda: row.fail(SYSTEM, failure="card_declined"),), "cancelled": (lambda: row.cancel(mona),),
        }  # fmt: skip
        return _gone(row, way[state])

    def _plan(self, state: str) -> Plan:
        """The supplier proposes it, since who is tried first is the buyer's."""
        anna, mona, invoice = self.world.actor("anna"), self.world.actor("mona"), self.world.invoice("90.00")
        asker = self.world.actor("clara") if state == "drafted" else mona
        row = planning.propose(asker, [(invoice, eur("90.00"))], _parts())
        agree = (lambda: row.agree(anna),)
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "drafted": (), "proposed": (), "agreed": agree, "declined": (lambda: row.decline(anna),),
            "withdrawn": (lambda: row.withdraw(mona),), "kept": (*agree, lambda: row.keep(SYSTEM)),
            "broken": (*agree, lambda: row.break_plan(SYSTEM)),
        }  # fmt: skip
        return _gone(row, way[state])

    def _bankdetails(self, state: str) -> BankDetails:
        """Asked for by somebody who is none of those who try the moves; each is another account."""
        mona, silke, entity = self.world.actor("mona"), self.world.actor("silke"), self.world.main.legal_entity
        rest = f"37040044{BankDetails.objects.count():010}"
        account = f"DE{ibans.calc_check_digits(f'DE00{rest}')}{rest}"
        row = bank_details.propose(mona, entity, holder="Nordwind", account=account, currency="EUR")
        over = clock.now() - timedelta(days=3)
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "proposed": (), "confirmed": (lambda: row.confirm(silke, now=over - timedelta(days=4)),),
            "in_force": (lambda: row.confirm(silke, now=over - timedelta(days=4)), lambda: row.take_effect(SYSTEM)),
            "refused": (lambda: row.refuse(silke, reason="not ours"),), "cancelled": (lambda: row.cancel(mona),),
        }  # fmt: skip
        return _gone(row, way[state])

    def _chargeback(self, state: str) -> Chargeback:
        clara = self.world.actor("clara")
        row = Chargeback.objects.get(payment=self._payment("charged_back"))
        answer, sent = (lambda: row.answer(clara, text="It was theirs"), lambda: row.contest(SYSTEM))
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "opened": (), "sending": (answer,), "contested": (answer, sent), "won": (answer, lambda: row.win(SYSTEM)),
            "lost": (lambda: row.lose(clara),),
        }  # fmt: skip
        return _gone(row, way[state])

    def _presentment(self, state: str) -> Presentment:
        if state in ("received", "quarantined", "superseded"):
            row = self._received()
            unheard = Fault("EIPP-BUYER-UNKNOWN", "Nobody.", "buyer")
            move = {"quarantined": lambda: judge(row, [unheard]), "superseded": lambda: row.supersede(SYSTEM)}.get(
                state
            )
            return _gone(row, (move,) if move else ())
        invoice = self.world.invoice("100.00")
        row = Presentment.objects.get(invoice=invoice)
        way: Mapping[str, tuple[Callable[[], Any], ...]] = {
            "presented": (), "viewed": (lambda: row.view(self.world.actor("vera")),),
            "bounced": (lambda: row.bounce(SYSTEM),),
            "closed": (lambda: approve(self.world, "ben", invoice), lambda: paid(self.world, "anna", invoice)),
            "withdrawn": (lambda: row.withdraw(self.world.actor("mona"), reason="x"),),
        }  # fmt: skip
        return _gone(row, way[state])

    def _received(self) -> Presentment:
        """It came as a file, and waits for its verdict."""
        number = f"X-{Presentment.objects.count()}"
        goods = ((Good("Bolt M8", "100.00"), Decimal(1)),)
        bill = Bill(account=self.world.main, number=number, currency="EUR", issued=clock.today(), goods=goods)
        arrival = Arrival(bill.document(), channel="xml", judged=False, account_number=self.world.main.number)
        return receive(self.world.erp("nordwind"), arrival).presentment


#: Every state that a row can be in.
REACHABLE: dict[type[Machine], list[str]] = {
    AuthorityRequest: "waiting granted declined withdrawn".split(),
    BankDetails: "proposed confirmed in_force refused cancelled".split(),
    CreditRequest: "open closed cancelled".split(),
    Dispute: "opened in_review asked proposed accepted declined escalated withdrawn written_off".split(),
    ApprovalRun: "waiting approved rejected resubmitted lapsed".split(),
    Refund: "requested submitted pending unknown succeeded failed cancelled".split(),
    Plan: "drafted proposed agreed declined withdrawn kept broken".split(),
    Chargeback: "opened sending contested won lost".split(),
    **REACHABLE_TO_COME,
    Payment: "planned submitted pending settled failed cancelled unknown returned charged_back".split(),
    Presentment: "received quarantined presented viewed closed bounced withdrawn superseded".split(),
}
DETAILS: dict[str, dict[str, Any] | Callable[[World], dict[str, Any]]] = {
    **DETAILS_TO_COME,
    "bank_details.refused": {"reason": "not ours"},
    "propose": lambda world: {"amount": eur("10.00")}, "decline": {"reason": "no"}, "reject": {"reason": "no"},
    "credit_request.cancelled": {"reason": "no"}, "credit_request.closed": lambda world: {"draft": _answer(world)},
    "grant": lambda world: {"carry_out": _nothing},
    "answer": {"text": "It was theirs"}, "propose_change": lambda world: {"parts": _parts()},
    "lapse": {"because": "corrected"}, "fail": {"failure": "card_declined"},
    "settle": lambda world: {"received": eur("100.00"), "gateway_reference": "g", "means": "card"},
    "come_back": {"failure": "card_declined"}, "charge_back": {"failure": "card_declined"},
    "invoice.withdrawn": {"reason": "Sent by mistake"}, "release": lambda world: {"account": _main(world)},
}  # fmt: skip


def _parts() -> list[tuple[date, Money]]:
    return [(clock.today() + timedelta(days=day), eur("45.00")) for day in (10, 40)]


def _answer(world: World) -> CreditNoteDraft:
    """The ERP's credit note over what was asked for."""
    said = {"issue_date": clock.today(), "number": "C-1", "external_id": "C-1"}
    return credit.credit_account(world.main, eur("30.00"), **said)


def _nothing(actor: Actor, request: AuthorityRequest, now: Any) -> None:
    """What is granted here is done elsewhere."""


def _main(world: World) -> CustomerAccount:
    account: CustomerAccount = world.main
    return account


def _gone(row: Any, way: tuple[Callable[[], Any], ...]) -> Any:
    for step in way:
        step()
    return row
