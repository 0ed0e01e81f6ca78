"""Stories in which the buyer speaks of many invoices at once: what a payment is for, what a claim is about."""

from documents.claim_sheet import SheetRow
from documents.upload import store_bytes
from eipp.demo.goods import single
from eipp.demo.stage import Scene
from eipp.demo.stories import Story
from workflows import remittance_arrival
from workflows.claim import file_claim

BRACKETS = single("Milled bearing bracket, EN AW-6082, anodised", "64.50", "12", "NW-30822")


def remitted(scene: Scene) -> Story:
    """A remittance advice as a CSV; one of its numbers is nobody's, so that somebody has to ask."""
    invoice = scene.bill()
    yield scene.after(3)
    scene.read(invoice, "anna")
    yield scene.after(1)
    anna, account = scene.stage.actor("anna"), invoice.account
    rows = (
        f"Invoice;Amount paid;Discount;Reason\n{invoice.number};{invoice.open.text};;\nRE-9917;120.00;;Old reference\n"
    )
    file = store_bytes(anna, rows.encode(), name="remittance BW-1107.csv", purpose="remittance", now=scene.now)
    advice = remittance_arrival.send_file(anna, file, account=account, now=scene.now)
    remittance_arrival.read(advice, now=scene.now)


def claimed(scene: Scene) -> Story:
    """A claim of two rows: bent brackets, and a bonus that is about no invoice."""
    invoice = scene.bill(BRACKETS)
    yield scene.after(3)
    scene.read(invoice, "anna")
    bent = f"Invoice;Line;Quantity;Amount;Reason;Comment\n{invoice.number};1;1;;Damaged;Bent in transit\n"
    sheet = f"{bent};;;75.00;Rebate;Bonus of the third quarter\n"
    anna, line = scene.stage.actor("anna"), invoice.lines.all()[0]
    file = store_bytes(anna, sheet.encode(), name="claim November.csv", purpose="claim", now=scene.now)
    one = scene.money("1").amount
    rows = [
        SheetRow(row=2, invoice=invoice.number, line=line.line_number, quantity=one, reason="damaged",
                 comment="Bent in transit"),
        SheetRow(row=3, amount=scene.money("75.00").amount, reason="rebate", comment="Bonus of the third quarter"),
    ]  # fmt: skip
    file_claim(anna, invoice.account, rows, comment="November", file=file, now=scene.now)
