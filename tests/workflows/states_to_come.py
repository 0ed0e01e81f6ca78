"""The rows of what is to come in every state: planned payments, autopay, announced transfers, promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import CURRENCIES
from eipp.ledger.agreed_discount import Scale
from tests.workflows.doing import eur
from tests.workflows.saving import saved_card
from tests.world import World
from workflows import announced_payment, autopay, intent, offering, promise
from workflows.announced_payment import AnnouncedPayment
from workflows.autopay import Autopay
from workflows.offer import Offer
from workflows.payment import Payment
from workflows.payment_share import PaymentShare
from workflows.plan_parts import PlanInstalment
from workflows.promise import Promise
from workflows.saved_method import SavedMethod

SYSTEM = Actor.system("test")
REACHABLE_TO_COME: dict[Any, list[str]] = {
    AnnouncedPayment: "announced paid expired withdrawn".split(),
    Promise: "promised kept part_kept broken withdrawn".split(),
    Autopay: "active stopped ended".split(),
    Offer: "drafted proposed countered approving accepted declined expired withdrawn earned missed".split(),
}
DETAILS_TO_COME: dict[str, Callable[[World], dict[str, Any]]] = {
    "payment.replanned": lambda world: {"planned_for": clock.today() + timedelta(days=9)},
    "payment.lowered": lambda world: {
        "shares": {PaymentShare.objects.latest("pk").invoice_id: eur("60.00")}, "because": "plan_disputed",
    },
    "choose_means": lambda world: {"saved": _card_of_the_house(world)},
    "change_means": lambda world: {"saved": _card_of_the_house(world)},
    "plan.not_charged": lambda world: {"failure": "card_declined", "part": PlanInstalment.objects.latest("pk")},
    "autopay.stopped": lambda world: {"reason": "R29"},
    "counter": lambda world: {"scale": two_weeks("10"), "expires_on": clock.today()},
    "offer.earned": lambda world: {"won": eur("0.10")}, "offer.reopened": lambda world: {"won": eur("0")},
}  # fmt: skip


def _card_of_the_house(world: World) -> SavedMethod:
    """A card for whoever pays for the whole organisation."""
    return saved_card(world, "anna", world.main.legal_entity)


def two_weeks(rate: str) -> Scale:
    """A yearly rate for paying within two weeks."""
    return Scale(clock.today() + timedelta(days=14), Decimal(rate))


class ToCome:
    """How each is reached."""

    world: World

    def planned(self) -> Payment:
        invoice = self.world.invoice("100.00", account="tiny_account")
        card = saved_card(self.world, "tom", invoice.legal_entity)
        return intent.enter(self.world.actor("tom"), [(invoice, invoice.free)], saved=card, attempt=uuid4(),
                            planned_for=clock.today() + timedelta(days=5))  # fmt: skip

    def _offer(self, state: str) -> Offer:
        """The supplier's terms are the latest, since who is tried first is the buyer's; a payer without approvals has
        it approved."""
        anna, mona, clara = (self.world.actor(word) for word in ("anna", "mona", "clara"))
        payer = replace(anna, rights=anna.rights - {"approval.decide"})
        asker = {"drafted": clara, "countered": anna}.get(state, mona)
        row = offering.propose(asker, [self.world.invoice("100.00")], two_weeks("12"))
        accept, won = (lambda: offering.accept(anna, row),), eur("0.10")
        way: dict[str, tuple[Callable[[], Any], ...]] = {
            "drafted": (), "proposed": (), "accepted": accept,
            "approving": (lambda: offering.accept(payer, row),),
            "countered": (lambda: offering.counter(mona, row, two_weeks("11")),),
            "declined": (lambda: row.decline(anna),), "expired": (lambda: row.expire(SYSTEM),),
            "withdrawn": (lambda: row.withdraw(mona),), "earned": (*accept, lambda: row.earn(SYSTEM, won=won)),
            "missed": (*accept, lambda: row.miss(SYSTEM)),
        }  # fmt: skip
        for move in way[state]:
            move()
        return row

    def _promise(self, state: str) -> Promise:
        invoice = self.world.invoice("100.00", account="tiny_account")
        row = promise.make(self.world.actor("tom"), [(invoice, eur("90.00"))], promised_on=clock.today())
        way = {"kept": row.keep, "part_kept": row.keep_in_part, "broken": row.break_promise, "withdrawn": row.withdraw}
        if state in way:
            way[state](SYSTEM)
        return row

    def _announcedpayment(self, state: str) -> AnnouncedPayment:
        invoice = self.world.invoice("100.00", account="tiny_account")
        row = announced_payment.announce(self.world.actor("tom"), [(invoice, eur("90.00"))], bank_run=uuid4(),
                                         pays_on=clock.today())  # fmt: skip
        way = {"paid": row.arrive, "expired": row.expire, "withdrawn": row.withdraw}
        if state in way:
            way[state](SYSTEM)
        return row

    def _autopay(self, state: str) -> Autopay:
        card = saved_card(self.world, "tom", self.world.tiny_account.legal_entity)
        other = sorted(CURRENCIES)[Autopay.objects.count()]  # there is one for each payee and currency
        row = autopay.set_up(self.world.actor("tom"), card, currency=other)
        if state == "stopped":
            row.stop(SYSTEM, reason="R29")
        if state == "ended":
            row.end(SYSTEM)
        return row
