"""Stories with a dispute: how it was opened, what was said, how it ended."""

from eipp.demo.goods import single
from eipp.demo.stage import Scene
from eipp.demo.stories import Story

BRACKETS = single("Milled bearing bracket, EN AW-6082, anodised", "64.50", "12", "NW-30822")
SEALS = single("Radial-Wellendichtring 35 x 52 x 7, FKM, mit Staublippe", "6.90", "100", "NW-21352")
RODS = single("Präzisionsdrehteil Kolbenstange 20 x 310, hartverchromt und poliert", "41.75", "20", "NW-31310")


def just_opened(scene: Scene) -> Story:
    """On the worklist, taken by nobody."""
    invoice = scene.bill(BRACKETS)
    yield scene.after(3)
    scene.read(invoice, "anna")
    scene.dispute("anna", invoice, "damaged", "Two brackets are bent, see the photo.", units="2", with_photo=True)


def in_review(scene: Scene) -> Story:
    invoice = scene.bill(SEALS)
    yield scene.after(4)
    scene.read(invoice, "anna")
    dispute = scene.dispute("anna", invoice, "quantity", "We counted 88 seals, not 100.", units="12")
    yield scene.after(1)
    scene.move(dispute, "take", scene.clerk)
    scene.say(scene.clerk, invoice, "Warehouse is recounting the bin; answer by Thursday.", internal=True)


def asked(scene: Scene) -> Story:
    """The ball is with the buyer."""
    invoice = scene.bill(RODS)
    yield scene.after(3)
    scene.read(invoice, "anna")
    dispute = scene.dispute("anna", invoice, "damaged", "The chrome of some rods is flaking.", units="5")
    yield scene.after(1)
    scene.move(dispute, "take", scene.clerk)
    scene.move(dispute, "ask", scene.clerk)
    scene.say(scene.clerk, invoice, "Sorry to hear that. Which batch number is engraved on the flaking rods?")


def proposed(scene: Scene) -> Story:
    """The supplier offers a part; the buyer has not answered yet."""
    invoice = scene.bill(BRACKETS)
    yield scene.after(2)
    scene.read(invoice, "anna")
    dispute = scene.dispute("anna", invoice, "price", "Our contract says 58.00 per bracket.", amount="92.82")
    yield scene.after(2)
    scene.move(dispute, "take", scene.clerk)
    scene.say(scene.clerk, invoice, "The 58.00 began with your order of the 15th. We can meet you half-way.")
    scene.move(dispute, "propose", scene.clerk, amount=scene.money("46.41"))


def escalated(scene: Scene) -> Story:
    """Declined, and now before somebody else."""
    invoice = scene.bill(single("CNC machining, 5 axes", "92.00", "9.5", "NW-90005"))
    yield scene.after(4)
    dispute = scene.dispute("anna", invoice, "quantity", "Six hours were agreed.", amount="383.18")
    yield scene.after(2)
    scene.move(dispute, "take", scene.clerk)
    yield scene.after(2)
    scene.move(
        dispute, "decline", scene.clerk, reason="The drawing was changed twice; the hours are on the time sheet."
    )
    yield scene.after(3)
    scene.move(dispute, "escalate", "anna")
    scene.say("anna", invoice, "We never signed for the second change. Please have your manager look at it.")


def accepted(scene: Scene) -> Story:
    """Two damaged units of three are credited, the rest is paid."""
    invoice = scene.bill(BRACKETS)
    yield scene.after(3)
    scene.read(invoice, "anna")
    dispute = scene.dispute("anna", invoice, "damaged", "Three brackets came bent.", units="3", with_photo=True)
    yield scene.after(1)
    scene.move(dispute, "take", scene.clerk)
    scene.move(dispute, "ask", scene.clerk)
    scene.say(scene.clerk, invoice, "Could you send a photo of each of the three?")
    yield scene.after(1)
    scene.say("anna", invoice, "Here they are.", with_photo=True)
    scene.move(dispute, "give_answer", "anna")
    yield scene.after(2)
    (line,) = dispute.lines.all()
    scene.move(dispute, "accept", scene.clerk, quantities={line.pk: line.quantity - 1})
    scene.say(scene.clerk, invoice, "Two of them are our fault and credited. The third is within the tolerance.")
    yield scene.after(2)
    scene.approve(invoice)
    yield scene.due(invoice, 1)
    scene.transfer(invoice)


def agreed(scene: Scene) -> Story:
    """A proposal that the buyer takes."""
    invoice = scene.bill(SEALS, freight="49.00")
    yield scene.after(5)
    dispute = scene.dispute("anna", invoice, "freight", "Freight was to be included.", amount="58.31")
    yield scene.after(1)
    scene.move(dispute, "take", scene.clerk)
    scene.move(dispute, "propose", scene.clerk, amount=scene.money("35.70"))
    yield scene.after(2)
    scene.move(dispute, "agree", "anna")
    yield scene.after(1)
    scene.approve(invoice)
    yield scene.due(invoice, 0)
    scene.transfer(invoice)


def declined(scene: Scene) -> Story:
    """The supplier shows that it delivered; all of it is paid."""
    invoice = scene.bill()
    yield scene.after(6)
    dispute = scene.dispute(scene.buyers_voice, invoice, "not_received", "We cannot find this delivery.")
    yield scene.after(1)
    scene.move(dispute, "take", scene.clerk)
    yield scene.after(2)
    scene.move(dispute, "decline", scene.clerk, reason="Signed for at gate 2 on the day of delivery.")
    yield scene.after(4)
    scene.approve(invoice)
    yield scene.due(invoice, 4)
    scene.transfer(invoice)


def credited(scene: Scene) -> Story:
    """Billed twice: all of it is credited."""
    invoice = scene.bill()
    yield scene.after(2)
    dispute = scene.dispute(scene.buyers_voice, invoice, "duplicate", "This order was billed last month already.")
    yield scene.after(1)
    scene.move(dispute, "take", scene.clerk)
    scene.move(dispute, "accept", scene.clerk)


def withdrawn(scene: Scene) -> Story:
    """The buyer finds the goods after all."""
    invoice = scene.bill()
    yield scene.after(3)
    dispute = scene.dispute(scene.buyers_voice, invoice, "not_received", "The parcel has not arrived.")
    yield scene.after(1)
    scene.move(dispute, "withdraw", scene.buyers_voice)
    scene.say(scene.buyers_voice, invoice, "Found: it stood at the neighbour's. Sorry for the noise.")
    yield scene.after(2)
    scene.approve(invoice)
    yield scene.due(invoice, 0)
    scene.transfer(invoice)
