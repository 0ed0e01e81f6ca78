"""The stories: how one invoice fares. Each is played up to its next `yield`, which says when it goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from eipp.demo.goods import single, ten
from eipp.demo.stage import DECLINED_CARD, EMPTY_ACCOUNT, GOOD_ACCOUNT, Scene
from eipp.ledger.models import Invoice

Story = Iterator[datetime]
Plot = Callable[[Scene], Story]

#: By which order the invoices that the tests' story needs are found.
ORDERS = {
    "to_dispute": "PO-47001", "above_the_limit": "PO-47002",
    "together_1": "PO-47011", "together_2": "PO-47012", "together_3": "PO-47013",
}  # fmt: skip


def approved(scene: Scene, invoice: Invoice) -> Story:
    """Read within days and approved, where the buyer has rules; by Ben, since Anna pays."""
    yield scene.after(1, spread=1)
    scene.read(invoice)
    yield scene.after(2, spread=1)
    scene.approve(invoice)


def paid(scene: Scene) -> Story:
    """Paid by transfer about when it is due."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.due(invoice, scene.chance.choice((-9, -4, -2, -1, 0, 0, 1, 3)))
    scene.transfer(invoice)


def paid_late(scene: Scene) -> Story:
    """Paid weeks late, after a reminder by the clerk."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.due(invoice, 9)
    if scene.buyer:
        scene.say(
            scene.clerk, invoice, f"Invoice {invoice.number} was due last week. Is anything missing on your side?"
        )
    yield scene.after(8, spread=4)
    scene.transfer(invoice)


def paid_by_card(scene: Scene) -> Story:
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(6, spread=4)
    scene.pay(scene.buyers_voice, invoice)


def declined_then_paid(scene: Scene) -> Story:
    """The first card is declined, the second one is not."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(5, spread=2)
    scene.pay(scene.buyers_voice, invoice, card=DECLINED_CARD)
    yield scene.after(0.2)
    scene.pay(scene.buyers_voice, invoice)


def three_in_one(scene: Scene) -> Story:
    """Three invoices of a month, paid in one transfer."""
    invoices = [scene.bill()]
    for _ in range(2):
        yield scene.after(4, spread=2)
        invoices.append(scene.bill())
    for invoice in invoices:
        yield scene.after(1)
        scene.read(invoice)
        scene.approve(invoice)
    yield scene.due(invoices[0], 2)
    scene.transfer(*invoices)


def part_paid(scene: Scene) -> Story:
    """A part came; the rest is announced in the thread."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.due(invoice, 1)
    scene.transfer(invoice, part=Decimal("0.6"))
    yield scene.after(2, spread=1)
    if scene.buyer:
        scene.say(scene.clerk, invoice, "Thank you for the payment. When may we expect the rest?")
        yield scene.after(1)
        scene.say(scene.buyers_voice, invoice, "With our next payment run, at the end of the month.")


def overpaid(scene: Scene) -> Story:
    """More came than was asked for; the rest lies on the account."""
    invoice = scene.bill()
    yield scene.due(invoice, 3)
    scene.transfer(invoice, more="120.00")


def overdue(scene: Scene) -> Story:
    """Read, and left lying."""
    invoice = scene.bill()
    yield from approved(scene, invoice)


def fresh(scene: Scene) -> Story:
    """New; it may wait for its approval."""
    scene.bill()
    yield from ()


def seen(scene: Scene) -> Story:
    """Read, but not approved yet."""
    invoice = scene.bill()
    yield scene.after(1, spread=1)
    scene.read(invoice)


def ready(scene: Scene) -> Story:
    """Approved, and to be paid by its date."""
    invoice = scene.bill()
    yield from approved(scene, invoice)


def on_the_way(scene: Scene) -> Story:
    """Paid by card; the bank has not let the money go yet."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(4)
    scene.pay_slowly(scene.buyers_voice, invoice)


def debited(scene: Scene) -> Story:
    """Paid by bank debit, which takes its days."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(3)
    payment = scene.debit(scene.buyers_voice, invoice, account=GOOD_ACCOUNT)
    yield scene.after(4)
    scene.bank_says(payment, "succeeded")


def debit_on_the_way(scene: Scene) -> Story:
    """A bank debit of today; tomorrow's buttons show how it settles."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.today()
    scene.debit(scene.buyers_voice, invoice, account=GOOD_ACCOUNT)


def debit_returned(scene: Scene) -> Story:
    """A bank debit that the bank sent back; the invoice is open again."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(1)
    payment = scene.debit(scene.buyers_voice, invoice, account=EMPTY_ACCOUNT)
    yield scene.after(4)
    scene.bank_says(payment, "returned", "R01")


def transferred(scene: Scene) -> Story:
    """Announced as a transfer, and arrived with its reference."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(3)
    payment = scene.announce_transfer(scene.buyers_voice, invoice)
    yield scene.after(2)
    scene.transfer_arrives(payment)


def transfer_announced(scene: Scene) -> Story:
    """A transfer that is waited for."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(1)
    scene.announce_transfer(scene.buyers_voice, invoice)


def charged_back(scene: Scene) -> Story:
    """Paid by card, taken back by the bank, paid by transfer in the end."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(4)
    payment = scene.pay(scene.buyers_voice, invoice)
    yield scene.after(12)
    scene.charge_back(payment)
    yield scene.after(1)
    scene.say(scene.clerk, invoice, "Your bank has taken the card payment back. Could you send a transfer instead?")
    yield scene.after(3)
    scene.transfer(invoice)
    yield scene.after(1)
    scene.take_the_loss(payment)


def in_instalments(scene: Scene) -> Story:
    """Past due; paid in three parts, as both sides agreed."""
    invoice = scene.bill(single("CNC machining, 5 axes", "92.00", "9", "NW-90005"))
    yield from approved(scene, invoice)
    yield scene.due(invoice, 4)
    scene.agree_on_instalments(invoice, 3)


def refunded(scene: Scene) -> Story:
    """Paid by card; a part goes back, since a box was missing."""
    invoice = scene.bill()
    yield from approved(scene, invoice)
    yield scene.after(3)
    payment = scene.pay(scene.buyers_voice, invoice)
    yield scene.after(4)
    scene.refund(payment, "24.00", "One box of the delivery was missing")


def rejected(scene: Scene) -> Story:
    """The buyer's approver finds it wrong; the ERP credits it."""
    goods = single("Milled bearing bracket, EN AW-6082, anodised", "64.50", "8", "NW-30822")
    invoice = scene.bill(goods)
    yield scene.after(2)
    scene.read(invoice, "ben")
    scene.reject(invoice, "ben", "This order was cancelled on the phone before it was delivered.")
    yield scene.after(3)
    scene.credit(invoice, goods)


def rebate(scene: Scene) -> Story:
    """A credit note of the ERP takes a part back; the rest is paid."""
    invoice = scene.bill(single("CNC machining, 5 axes", "92.00", "14", "NW-90005"))
    yield from approved(scene, invoice)
    yield scene.after(6)
    scene.credit(invoice, single("Volume rebate", "92.00", "1"))
    yield scene.due(invoice, -1)
    scene.transfer(invoice)


def to_dispute(scene: Scene) -> Story:
    """Of the story: below the four-eyes limit, ten units of one thing."""
    goods = ten("Turned bush, bronze CC493K, to drawing 4711-C", "58.40", "NW-30471")
    scene.bill(goods, order=ORDERS["to_dispute"])
    yield from ()


def above_the_limit(scene: Scene) -> Story:
    """Of the story: above the four-eyes limit, approved by nobody."""
    goods = single("Milled bearing bracket, EN AW-6082, anodised", "64.50", "24", "NW-30822")
    scene.bill(goods, order=ORDERS["above_the_limit"])
    yield from ()


def to_pay_together(scene: Scene) -> Story:
    """Of the story: three small ones, approved, to be paid in one payment."""
    small = (("Flat gasket DN 80, aramid fibre", "4.15", "30"), ("O-ring 24 x 3, NBR 70", "0.38", "200"),
             ("Euro pallet, heat treated (IPPC)", "11.80", "12"))  # fmt: skip
    for position, goods in enumerate(small, 1):
        invoice = scene.bill(single(*goods), order=ORDERS[f"together_{position}"])
        yield scene.after(1)
        scene.read(invoice, "ben")
        scene.approve(invoice)
