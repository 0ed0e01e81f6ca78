"""Stories of AR's own decisions: a rest that a clerk may not write off alone, money for an order before its invoice."""

from decimal import Decimal

from eipp.demo.stage import Scene
from eipp.demo.stories import Story
from eipp.kernel import clock
from eipp.ledger.posting import Deposit
from workflows import debit_adjustment, erp_receipt, write_off


def second_person(scene: Scene) -> Story:
    """Past due, and on the telephone the customer says that it will not pay the freight: a manager has to agree."""
    invoice = scene.bill(freight="18.50")
    yield scene.due(invoice, 8)
    invoice.refresh_from_db()
    reason = "Freight, in question since spring; not worth another letter"
    write_off.write_off(scene.stage.actor("clara"), invoice, scene.money("18.50"), reason=reason, now=scene.now)


def deposit(scene: Scene) -> Story:
    """A third of an order is paid before it is made; a debit note raises an older invoice."""
    invoice = scene.bill()
    yield scene.after(1)
    debit_adjustment.adjust(
        scene.stage.actor("mona"), invoice, scene.money("36.00"), tax_rate=Decimal(19), now=scene.now,
        reason="Pallets that were not sent back",
    )  # fmt: skip
    came = Deposit(
        account=scene.account, amount=scene.money("1450.00"), kind="erp", reference="Anzahlung Auftrag AB-2207",
        received_on=clock.today(scene.account.supplier.time_zone, at=scene.now), order_reference="AB-2207",
    )  # fmt: skip
    erp_receipt.take_receipt(scene.stage.world.erp("nordwind"), came, now=scene.now)
