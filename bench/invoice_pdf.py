"""An invoice with 5 lines as PDF/A: ours, from the ledger's rows to the bytes, against bare typst with its Compiler
reused on an invoice written out by hand. Both get another number each time, so that neither answers from memory."""

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
    rows = Invoice.objects.select_related("supplier", "account", "legal_entity")
    compiler = typst.Compiler(str(PLAIN), root=str(PLAIN.parent), ignore_system_fonts=True)

    codes = [code(number) for number in numbers]

    def ours(at: int) -> bytes:
        return invoice_paper.pdf(rows.get(pk=ids[at % ROUNDS]))

    def bare(at: int) -> bytes:
        said = {"number": f"Q-{at:05d}", "code": codes[at % len(codes)]}
        return cast("bytes", compiler.compile(format="pdf", pdf_standards=["a-3b"], sys_inputs=said))

    ours(0), bare(ROUNDS)
    pairs = [(milliseconds(ours, at), milliseconds(bare, at)) for at in range(ROUNDS)]
    report("invoice_pdf", statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs),
           GOAL, "ms")  # fmt: skip
    few = memory()
    for at in range(LONG):
        Invoice.objects.filter(pk=ids[at % ROUNDS]).update(payment_reference=f"R-{at:06d}")
        ours(at)
    report("invoice_pdf_memory", memory(), few, GROWTH_GOAL, "MB")


def code(number: str) -> str:
    """A code to pay by, drawn before anything is measured: bare typst is given it."""
    drawn = epc(name="Nordwind", iban="DE02200505501015871393", amount=Money(148750, "EUR"), text=number)
    assert drawn is not None
    return drawn


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
