"""A supplier's ERP on the platform's REST API: a day of business, in two halves, by the standard library alone.

    python examples/supplier_erp.py var/demo.json morning     posts the day's documents
    python examples/supplier_erp.py var/demo.json evening     hears what happened, answers, books it, prints its books

In between the buyer's ERP works (`buyer_erp.py`). What it has to remember stands in a file beside demo.json.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

CUSTOMER = "10001"  # our number of the customer account
MONEY = ("invoice.presented", "invoice.released", "invoice.withdrawn", "credit_note.posted", "cash_receipt.posted",
         "cash_receipt.reversed", "application.made", "application.reversed")  # fmt: skip
OUR_BANK_ACCOUNT = "DE02200505501015871393"


class Platform:
    """The API with our key. Each POST carries a key of its own, so that a repeated call changes nothing."""

    def __init__(self, demo: Path, organisation: str) -> None:
        told = json.loads(demo.read_text())
        self.base = told["base_url"].rstrip("/") + "/api/v1/"
        self.key = next(one["key"] for one in told["api_keys"] if one["organisation"].startswith(organisation))

    def call(self, method, path, body=None, *, kind="application/json", once=""):
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind, "Accept": "*/*"}
        if once:
            headers["Idempotency-Key"] = once
        request = urllib.request.Request(self.base + path, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")
        return [json.loads(line) for line in text.splitlines()] if "ndjson" in kind else json.loads(text)

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body, *, once="", kind="application/json"):
        return self.call("POST", path, body, once=once, kind=kind)

    def events(self, after):
        """All that happened behind a position, in order; each exactly once."""
        while True:
            told = self.get(f"events?after={after}&limit=500")
            yield from told["items"]
            if told["next"] == after or not told["items"]:
                return
            after = told["next"]


def morning(platform, memory, today):
    """The customer as we know them, the day's invoices in one call, a credit note and a cheque."""
    account = platform.get(f"accounts?number={CUSTOMER}")["items"][0]
    memory["account"], memory["day"] = account["id"], time.strftime("%H%M%S")
    memory["after"] = last_position(platform)
    memory["opening"] = balance(platform, memory)
    credit_notes_by(platform, "erp")  # so that we are asked for each, and nobody else numbers them
    platform.call("PATCH", f"accounts/{account['id']}", {"terms_days": 30})
    day = memory["day"]
    goods = [("Ball bearing 6204", "10", "12.50"), ("Shaft seal 20x35", "7", "3.333"), ("V-belt A38", "4", "9.99")]
    lines = [json.dumps(invoice(f"D-{day}-{n}", good, today)).encode() for n, good in enumerate(goods, 1)]
    for result in platform.post("invoices/bulk", b"\n".join(lines), kind="application/x-ndjson", once=f"bulk-{day}"):
        print(f"posted {result['number']}: {result['outcome']}")
    credit = {**invoice(f"D-{day}-C", ("Freight, agreed to be free", "1", "15.00"), today), "invoice": f"D-{day}-1"}
    credit = {name: value for name, value in credit.items() if name != "due_date"}
    platform.post("credit-notes", {**credit, "reason": "Freight was agreed to be free."}, once=f"credit-{day}")
    platform.post("cash-receipts", {
        "external_id": f"CHEQUE-{day}", "account": CUSTOMER, "amount": "20.00", "currency": "EUR",
        "received_on": today.isoformat(), "reference": "Cheque",
        "applications": [{"invoice": f"D-{day}-2", "amount": "20.00"}],
    }, once=f"cheque-{day}")  # fmt: skip
    print(f"opening balance of {CUSTOMER}: {memory['opening']} EUR")


def evening(platform, memory, today):
    """Answer disputes, load the bank's statement, book every event about money, and compare."""
    for invoice in platform.get(f"invoices?account={CUSTOMER}&text=D-{memory['day']}&limit=50")["items"]:
        for dispute in platform.get(f"disputes?invoice={invoice['id']}")["items"]:
            accept(platform, dispute["id"])
    answer_requests(platform, memory, today)
    credit_notes_by(platform, "here")
    load_statement(platform, memory, today)
    settled(platform, memory)
    agree(platform, memory, lambda: book(platform, memory))
    todays = [row for row in waiting(platform) if row["position"] > memory["since"]]
    print(f"{len(todays)} events of today wait to be booked")


def accept(platform, dispute):
    """We look into each dispute of the day and give the customer right."""
    row = platform.get(f"disputes/{dispute}")
    if row["account"]["number"] == CUSTOMER and any(action["name"] == "accept" for action in row["actions"]):
        platform.post(f"disputes/{dispute}/accept", {"amount": row["amount"]}, once=f"accept-{dispute}")
        print(f"accepted dispute {row['number']} over {row['amount']} EUR")


def credit_notes_by(platform, issuer):
    """Who issues our credit notes."""
    for entity in platform.get("legal-entities")["items"]:
        platform.call("PATCH", f"legal-entities/{entity['id']}", {"credit_notes_by": issuer})


def answer_requests(platform, memory, today):
    """What was agreed and we are asked for: a credit note for each, over exactly its amount, with its id."""
    for row in platform.get("credit-requests?state=open")["items"]:
        request = platform.get(f"credit-requests/{row['id']}")
        if request["account"]["number"] != CUSTOMER:
            continue
        lines = [
            {"number": str(place), "name": line["name"], "quantity": "1", "unit_price": line["net"],
             "tax_category": line["tax_category"], **({"tax_rate": line["tax_rate"]} if line["tax_rate"] else {})}
            for place, line in enumerate(request["lines"], 1)
        ]  # fmt: skip
        number = f"D-{memory['day']}-{request['number']}"
        platform.post("credit-notes", {
            "external_id": f"ERP-{number}", "number": number, "account": CUSTOMER, "issue_date": today.isoformat(),
            "currency": request["currency"], "credit_request": request["id"], "reason": request["reason"],
            "lines": lines, "totals": {"payable": request["amount"]},
        }, once=f"answer-{request['id']}")  # fmt: skip
        print(f"issued credit note {number} for request {request['number']} over {request['amount']} EUR")


def load_statement(platform, memory, today):
    """What our bank tells us: here the transfers that the buyer's ERP ordered of its own (`transfers.json`)."""
    ordered = json.loads((memory.folder / "transfers.json").read_text())
    rows = ["Date;Amount;Currency;Name;Reference"]
    rows += [f"{today};{one['amount']};EUR;Brightwater Manufacturing Ltd;{one['reference']}" for one in ordered]
    path = f"bank-statements?account={OUR_BANK_ACCOUNT}&currency=EUR"
    platform.post(path, "\n".join(rows).encode(), kind="text/csv", once=f"bank-{memory['day']}")


def settled(platform, memory):
    """The platform applies a statement within seconds; wait for it."""
    for one in json.loads((memory.folder / "transfers.json").read_text()):
        for _ in range(400):
            state = platform.get(f"payments/{one['payment']}")["state"]
            if state == "settled":
                break
            time.sleep(0.5)
        print(f"transfer {one['reference']} over {one['amount']} EUR: {state}")


def book(platform, memory):
    """Every event about money becomes an entry in our books, and the platform is told its number."""
    said = []
    for event in platform.events(memory["after"]):
        memory["after"] = event["position"]
        enter(memory["books"], entry_of(platform, event))
        if event["name"] in MONEY:
            said.append({"position": event["position"], "number": f"FI-{event['position']}"})
    if said:
        platform.post("bookings", {"bookings": said}, once=f"book-{memory['after']}")
        print(f"{len(said)} events booked")


def enter(books, entry):
    if entry and entry["key"] not in books and entry["account"] == CUSTOMER:
        books[entry["key"]] = entry
        print(f"booked {entry['text']}: {entry['amount']} EUR")


def agree(platform, memory, work):
    """Do the books until they show what the platform shows: an event stands in the feed a moment after it happened."""
    for _ in range(60):
        work()
        closing = Decimal(memory["opening"]) + sum(Decimal(entry["amount"]) for entry in memory["books"].values())
        if str(closing) == balance(platform, memory):
            break
        time.sleep(0.5)
    print(f"closing balance of {CUSTOMER}: {closing} EUR; the platform says {balance(platform, memory)} EUR")
    if str(closing) != balance(platform, memory):
        sys.exit("The books differ.")


def waiting(platform):
    """The events about money of which we have not said yet that they are booked."""
    path = "bookings?state=waiting&limit=100"
    while path:
        page = platform.get(path)
        yield from page["items"]
        path = page["next"] and page["next"].partition("/api/v1/")[2]


def entry_of(platform, event):
    """What an event means for the customer's balance; None for what is no money. Only the id in it is taken for true:
    the amount is read from the document itself."""
    links = {link["kind"]: link["id"] for link in [*event["concerns"], event["subject"]]}
    if event["name"] in ("invoice.presented", "invoice.released", "credit_note.posted"):
        credit = "creditnote" in links and (event["name"] == "credit_note.posted" or "invoice" not in links)
        kind = "creditnote" if credit else "invoice"
        row = platform.get(f"{'credit-notes' if credit else 'invoices'}/{links[kind]}")
        amount, text = Decimal(row["payable"]), f"{kind} {row['number']}"
        amount = -amount if credit else amount
    elif event["name"] in ("cash_receipt.posted", "cash_receipt.reversed"):
        row = platform.get(f"cash-receipts/{links['cashreceipt']}")
        back = event["name"] == "cash_receipt.reversed"
        amount, text = Decimal(row["amount"]) * (1 if back else -1), f"receipt {row['reference']}"
        kind = event["name"]
    else:
        return None
    return {"key": f"{kind} {row['id']}", "account": row["account"]["number"], "amount": str(amount), "text": text}


def invoice(number, good, today):
    name, quantity, price = good
    line = {"number": "1", "name": name, "quantity": quantity, "unit_price": price, "tax_rate": "19"}
    return {
        "external_id": f"ERP-{number}", "number": number, "account": CUSTOMER, "issue_date": today.isoformat(),
        "due_date": (today + timedelta(days=30)).isoformat(), "currency": "EUR", "lines": [line],
    }  # fmt: skip


def balance(platform, memory):
    sums = platform.get(f"accounts/{memory['account']}/summary")["currencies"]
    return next((one["balance"] for one in sums if one["currency"] == "EUR"), "0.00")


def last_position(platform):
    after = 0
    for event in platform.events(0):
        after = event["position"]
    return after


class Memory(dict):
    """What the ERP remembers between its runs: a file."""

    def __init__(self, path):
        super().__init__(json.loads(path.read_text()) if path.exists() else {})
        self.path, self.folder = path, path.parent

    def keep(self):
        self.path.write_text(json.dumps(self, indent=1))


def main():
    demo, part = Path(sys.argv[1]), sys.argv[2]
    memory = Memory(demo.parent / "supplier_erp.json")
    platform = Platform(demo, "Nordwind")
    {"morning": morning, "evening": evening}[part](platform, memory, date.today())
    if part == "morning":
        memory["since"], memory["books"] = memory["after"], {}
    memory.keep()


if __name__ == "__main__":
    main()
