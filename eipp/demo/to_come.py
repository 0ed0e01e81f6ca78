"""Stories of money that is to come: promised, announced for the buyer's own bank run, planned, paid by autopay."""

from datetime import timedelta
from uuid import uuid4

from eipp.demo.goods import single
from eipp.demo.stage import GOOD_CARD, Scene
from eipp.demo.stories import Story, approved
from eipp.gateways import sandbox_means
from eipp.gateways.sandbox_means import SandboxMeans
from eipp.ledger.models import Invoice
from workflows import announced_payment, autopay, intent, method_setup, promise
from workflows.saved_method import SavedMethod


def promised(scene: Scene) -> Story:
    """Past due; on the telephone the customer names a day, and the clerk notes it."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.due(invoice, 6)
    promise.make(
        scene.stage.actor("clara"), [(invoice, invoice.free)], promised_on=(scene.now + timedelta(days=12)).date(),
        comment="Anna says it goes with the next run", now=scene.now,
    )  # fmt: skip


def announced(scene: Scene) -> Story:
    """It goes in the buyer's own bank run in some days."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(2)
    invoice.refresh_from_db()
    announced_payment.announce(
        scene.stage.actor("anna"), [(invoice, invoice.free)], bank_run=uuid4(), now=scene.now,
        pays_on=(scene.now + timedelta(days=14)).date(),
    )  # fmt: skip


def planned(scene: Scene) -> Story:
    """Planned for a day with the company's card, which is kept for it; the branch pays its small bills by autopay."""
    invoice = scene.bill(single("Euro pallet, heat treated (IPPC)", "11.80", "20"))  # two people are needed from 1,000
    yield from approved(scene, invoice)
    yield scene.after(2)
    invoice.refresh_from_db()
    anna, card = scene.stage.actor("anna"), _saved(scene, invoice)
    intent.enter(anna, [(invoice, invoice.free)], saved=card, planned_for=(scene.now + timedelta(days=20)).date(),
                 attempt=uuid4(), now=scene.now)  # fmt: skip
    caps = {"invoice_cap": scene.money("50.00"), "month_cap": scene.money("400.00")}
    branch = scene.stage.world.accounts["branch"]
    autopay.set_up(anna, card, currency="EUR", account=branch, notice_days=5, caps=caps, now=scene.now)


def _saved(scene: Scene, invoice: Invoice) -> SavedMethod:
    card = method_setup.request(scene.stage.actor("anna"), invoice.legal_entity, gateway="sandbox", kind="card",
                                attempt=uuid4(), name="Company card", now=scene.now)  # fmt: skip
    method_setup.open_page(card)
    sandbox_means.give_card(SandboxMeans.objects.get(reference=card.pk).pk, card=GOOD_CARD)
    method_setup.ask(card.pk, now=scene.now)
    return SavedMethod.objects.select_related("legal_entity", "buyer").get(pk=card.pk)
