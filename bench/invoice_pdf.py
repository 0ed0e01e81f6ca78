"""An invoice with 5 lines as PDF/A: `invoice_paper.pdf(invoice)`, which reads its lines and taxes and draws the code to
pay by, against bare typst with its Compiler reused, the smallest template for the same invoice, and its facts and code
ready-made. Both get another number each time, so that neither answers from memory."""

import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import typst

from bench import ready
from documents.payment_code import epc
from eipp.demo.world import build
from eipp.kernel.money import Money
from eipp.ledger import invoice_paper
from eipp.ledger.models import Invoice

ROUNDS, GOAL, LONG, GROWTH_GOAL = 60, 2.0, 600, 1.1
PLAIN = Path(__file__).with_name("plain_invoice.typ")


def main() -> None:
    """Two JSON objects: the median's ratio, and the process's memory after many papers against after few."""
    with ready.database():
        measure()


def measure() -> None:
    world = build()
    lines = [(f"Bolt M{number}", 10, "25.00") for number in range(1, 6)]
    numbers = [f"P-{number:05d}" for number in range(ROUNDS)]
    ids = [world.invoice(lines=lines, tax="19", number=number, order="PO-47001").pk for number in numbers]
    rows = Invoice.objects.select_related("supplier", "account", "legal_entity").filter(pk__in=ids)
    invoices = list(rows)
    compiler = typst.Compiler(str(PLAIN), root=str(PLAIN.parent), ignore_system_fonts=True)

    given = [facts(f"Q-{number:05d}") for number in range(ROUNDS)]

    def ours(at: int) -> bytes:
        return invoice_paper.pdf(invoices[at % ROUNDS])

    def bare(at: int) -> bytes:
        said = {"facts": given[at % ROUNDS]}
        return cast("bytes", compiler.compile(format="pdf", pdf_standards=["a-3b"], sys_inputs=said))

    ours(-1), bare(-1)
    pairs = [(milliseconds(ours, at), milliseconds(bare, at)) for at in range(ROUNDS)]
    report("invoice_pdf", statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs),
           GOAL, "ms")  # fmt: skip
    few = memory()
    for at in range(LONG):
        invoices[at % ROUNDS].payment_reference = f"R-{at:06d}"
        ours(at)
    report("invoice_pdf_memory", memory(), few, GROWTH_GOAL, "MB")


def facts(number: str) -> str:
    """What bare typst is given, written out before anything is measured."""
    code = epc(name="Nordwind", iban="DE02200505501015871393", amount=Money(148750, "EUR"), text=number)
    return json.dumps({
        "number": number, "code": code,
        "parties": [
            ["From", "Nordwind Handels GmbH", "Am Sandtorkai 27", "20457 Hamburg", "DE", "VAT DE284517903"],
            ["To", "Brightwater Manufacturing Ltd", "Unit 7, Meadowhall Works", "S9 1EN Sheffield", "GB", "10001"],
        ],
        "facts": [
            ["Issued", "31 Mar 2026"], ["Due", "30 Apr 2026"], ["Your order", "PO-47001"],
            ["Terms", "Payable within 30 days without deduction."], ["Payment reference", number],
        ],
        "head": ["Line", "Item", "Quantity", "Price", "Tax", "Amount EUR"],
        "rows": [[str(line), f"Bolt M{line}", "10", "25.00", "19%", "250.00"] for line in range(1, 6)],
        "sums": [["Lines", "1,250.00"], ["Tax 19% on 1,250.00", "237.50"], ["Total EUR", "1,487.50"]],
        "pay": [["Account", "DE02 2005 0550 1015 8713 93"], ["Bank", "HASPDEHHXXX"], ["Reference", number]],
    })  # fmt: skip


def milliseconds(make: Callable[[int], bytes], at: int) -> float:
    began = time.perf_counter()
    assert make(at).startswith(b"%PDF")
    return (time.perf_counter() - began) * 1000


def memory() -> float:
    """What the process holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024**2


def report(name: str, ours: float, baseline: float, goal: float, unit: str) -> None:
    line = {"name": name, "ours": round(ours, 2), "baseline": round(baseline, 2), "unit": unit}
    print(json.dumps({**line, "ratio": round(ours / baseline, 2), "goal": goal}), flush=True)


if __name__ == "__main__":
    main()
