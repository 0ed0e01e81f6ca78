"""A buyer's ERP on the platform's REST API: the buyer's part of a day of business (see `supplier_erp.py`).

python examples/buyer_erp.py var/demo.json day         approves, disputes one line, pays by transfer
python examples/buyer_erp.py var/demo.json evening     hears what happened, prints its books and compares
"""

import json
import sys
from datetime import date
from pathlib import Path

from supplier_erp import CUSTOMER, Memory, Platform, agree, enter, entry_of


def day(platform, memory):
    """Today's invoices of our supplier: one line is wrong, the rest is right and is paid."""
    account = platform.get(f"accounts?number={CUSTOMER}")["items"][0]
    theirs = json.loads((memory.folder / "supplier_erp.json").read_text())
    memory.update(account=account["id"], opening=theirs["opening"], after=theirs["after"], books={})
    todays = platform.get(f"invoices?account={CUSTOMER}&text=D-{theirs['day']}&limit=50")["items"]
    shares = []
    for invoice in sorted(todays, key=lambda row: row["number"]):
        if invoice["number"].endswith("-1"):
            dispute_one_line(platform, invoice)
        approve(platform, invoice)
        free = platform.get(f"invoices/{invoice['id']}")["free"]
        shares.append({"invoice": invoice["id"], "amount": free, "number": invoice["number"]})
        print(f"{invoice['number']}: {invoice['payable']} EUR, of which {free} EUR are paid")
    pay(platform, memory, shares)


def dispute_one_line(platform, invoice):
    told = {"invoice": invoice["id"], "reason": "damaged", "comment": "Three arrived broken.",
            "lines": [{"line_number": "1", "quantity": "3"}]}  # fmt: skip
    dispute = platform.post("disputes", told, once=f"dispute-{invoice['id']}")
    print(f"disputed {dispute['amount']} EUR of {invoice['number']}")


def approve(platform, invoice):
    """Where our rules ask for it; what is disputed is left out of it."""
    for run in platform.get(f"approvals?state=waiting&invoice={invoice['id']}")["items"]:
        platform.post(f"approvals/{run['id']}/decide", {"verdict": "approve"}, once=f"approve-{run['id']}")


def pay(platform, memory, shares):
    """Enter the payment here, order the transfer of our bank, and tell the supplier what it is for."""
    asked = [{"invoice": share["invoice"], "amount": share["amount"]} for share in shares]
    body = {"invoices": asked, "method": "bank_transfer"}
    payment = platform.post("payments", body, once=f"pay-{shares[0]['invoice']}")
    order = {"payment": payment["id"], "amount": payment["amount"], "reference": payment["reference"]}
    (memory.folder / "transfers.json").write_text(json.dumps([order]))
    lines = [{"number": share["number"], "amount": share["amount"]} for share in shares]
    advice = {"account": memory["account"], "reference": payment["reference"], "paid_on": date.today().isoformat(),
              "amount": payment["amount"], "lines": lines}  # fmt: skip
    sent = platform.post("remittances", advice, once=f"advice-{payment['id']}")
    print(f"ordered a transfer of {payment['amount']} EUR to {payment['pay_to']['account']}; advice {sent['number']}")


def evening(platform, memory):
    """Our own books of the supplier, from the same events as we see them."""

    def book():
        for event in platform.events(memory["after"]):
            memory["after"] = event["position"]
            enter(memory["books"], entry_of(platform, event))

    agree(platform, memory, book)


def main():
    demo, part = Path(sys.argv[1]), sys.argv[2]
    memory = Memory(demo.parent / "buyer_erp.json")
    {"day": day, "evening": evening}[part](Platform(demo, "Brightwater"), memory)
    memory.keep()


if __name__ == "__main__":
    main()
