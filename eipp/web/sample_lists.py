"""Invented lists for the showcase: what waits, what happened, the queue, nine invoices."""

from datetime import date

from eipp.web.pieces import Notice, Part
from eipp.web.sample_frames import BUYER, SUPPLIER
from eipp.web.samples import at, eur
from eipp.web.situation import QueueRow, Waiting

NOTICES = (
    Notice("Nordwind asks about dispute D-118", "#dispute", at(4, 8, 4), True),
    Notice("Pacific Parts presented invoice PP-30071", "#invoice", at(3, 16, 40), True),
    Notice("Payment of 1,842.00 EUR is settled", "#payment", at(2, 6, 11)),
)
PARTS = (
    Part("Not yet due", eur(333000), "later", "#later"),
    Part("Due by 13 Nov", eur(436492), "soon", "#soon"),
    Part("Past due 1-30", eur(310508), "late-1", "#late"),
    Part("Past due 31-60", eur(98000), "late-2", "#late"),
    Part("Past due over 90", eur(65000), "late-4", "#late"),
)
APART = (
    Part("In dispute", eur(52836), "disputed", "#disputed"),
    Part("Promised", eur(40000), "promised", "#promised"),
    Part("On the way", eur(120000), "moving", "#moving"),
)
WAITS = (
    Waiting(
        "Approve RE-2025-00417 of Nordwind",
        "/showcase/invoice/",
        "approve",
        "Due 20 Nov 2025, above your limit of four eyes",
        eur(489328),
        "Approve",
    ),
    Waiting(
        "Clara Lindqvist asks for the batch number",
        "/showcase/invoice/#message-7",
        "message",
        "Dispute D-118, since 4 Nov 2025",
        eur(52836),
        "Answer",
    ),
    Waiting(
        "Your card ending 4242 expires on 30 Nov 2025", "#card", "card", "Used for Pacific Parts Inc.", None, "Renew"
    ),
)
QUEUE = (
    QueueRow(
        "queue-1",
        "#1",
        "Brightwater Manufacturing Ltd",
        "3 of 10 bearings damaged",
        eur(52836),
        "Disputed",
        "waiting",
        "answer by 10 Nov",
        True,
    ),
    QueueRow(
        "queue-2", "#2", BUYER, "Price differs from order PO-9921", eur(1284000), "Escalated", "bad", "2 days late"
    ),
    QueueRow(
        "queue-3", "#3", "Elsewhere AG", "Payment returned, account closed", eur(214000), "Returned", "bad", "4 Nov"
    ),
    QueueRow(
        "queue-4", "#4", "Tiny Studio", "Asks for a copy of RE-2025-00388", eur(9900), "Question", "quiet", "4 Nov"
    ),
    QueueRow(
        "queue-5",
        "#5",
        "Brightwater Manufacturing Ltd",
        "Promise of 6 Nov was kept",
        eur(310508),
        "Kept",
        "good",
        "today",
    ),
    QueueRow(
        "queue-6",
        "#6",
        "Kvarnström & Söner AB",
        "Missing order number",
        eur(78100),
        "Disputed",
        "waiting",
        "answer by 12 Nov",
    ),
)
CURL = """curl https://portal.nordwind.example/api/v1/invoices \\
  -H "Authorization: Bearer eipp_7c1f…" \\
  -H "Content-Type: application/json" \\
  -d '{"external_id": "4500012", "account": "10442", "number": "RE-2025-00418", …}'
"""


def rows() -> list[dict[str, object]]:
    """Nine invoices of a list."""
    facts = [
        ("RE-2025-00417", SUPPLIER, 489328, 489328, 20, "Part disputed", "waiting"),
        ("RE-2025-00409", SUPPLIER, 310508, 310508, 1, "Past due", "bad"),
        ("PP-30071", "Pacific Parts Inc.", 98000, 98000, 8, "Open", "quiet"),
        (
            "RE-2025-00388",
            "Vereinigte Oberösterreichische Werkzeugmaschinen-Instandsetzungsgesellschaft mbH",
            120000,
            120000,
            9,
            "On the way",
            "waiting",
        ),
        ("RE-2025-00371", SUPPLIER, 65000, 0, 4, "Paid", "good"),
        ("GS-2025-00031", SUPPLIER, -18500, -18500, 6, "Credit", "quiet"),
        ("RE-2025-00360", SUPPLIER, 1284000, 1284000, 7, "Due tomorrow", "waiting"),
        ("PP-30044", "Pacific Parts Inc.", 9900, 9900, 14, "Open", "quiet"),
        ("RE-2025-00341", SUPPLIER, 333000, 333000, 28, "Open", "quiet"),
    ]
    names = ("number", "supplier", "total", "open", "due", "word", "meaning")
    return [_row(dict(zip(names, fact, strict=True))) for fact in facts]


def _row(fact: dict[str, object]) -> dict[str, object]:
    day = int(str(fact["due"]))
    return fact | {
        "order": f"Order PO-77{day:02}",
        "total": eur(int(str(fact["total"]))),
        "open": eur(int(str(fact["open"]))),
        "issued": date(2025, 10, day),
        "due": date(2025, 11, day),
    }
