"""Invented facts for the showcase: the cast of the example world on one Thursday, with the longest names we know."""

from datetime import UTC, date, datetime

from eipp.kernel.money import Money
from eipp.web.frame import Choice, Contact, Frame, Place
from eipp.web.paper import Fact, Line, LineNote, Paper, Party
from eipp.web.pieces import Attachment, Crumb, Entry, Move, Notice, Part, Step, Tab
from eipp.web.situation import QueueRow, Related, Situation, Waiting

TODAY = date(2025, 11, 6)
BUYER = "Donaudampfschifffahrts-Elektrizitätenhauptbetriebswerk Betriebsgesellschaft mbH & Co. KG"
SUPPLIER = "Nordwind Handels GmbH"


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def at(day: int, hour: int, minute: int, month: int = 11) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=UTC)


HELP = Contact("Clara Lindqvist", "+49 40 5550 1740", "clara@nordwind.example", SUPPLIER, "#message")

PORTAL = Frame(
    title=SUPPLIER,
    organisation="Brightwater Manufacturing Ltd",
    person="Anna Berg",
    role="Approver and payer",
    home_url="/showcase/home/",
    places=(
        Place("Home", "/showcase/home/", "home", count=4),
        Place("Invoices", "/showcase/list/", "invoice"),
        Place("Approvals", "#approvals", "approve", count=3),
        Place("Disputes", "#disputes", "dispute", count=1),
        Place("Payments", "#payments", "payment"),
        Place("Statements", "#statements", "statement"),
        Place("Team", "#team", "team"),
    ),
    organisations=(
        Choice("Brightwater Manufacturing Ltd", "#one", True, "Buyer, 2 accounts"),
        Choice(BUYER, "#two", False, "Buyer, 1 account"),
    ),
    help=HELP,
    unread=3,
    notifications_url="/showcase/#notices",
    search_url="/showcase/",
    profile_url="#profile",
    sign_out_url="#sign-out",
)

DESK = Frame(
    title=SUPPLIER,
    organisation=SUPPLIER,
    person="Clara Lindqvist",
    role="AR clerk",
    home_url="/showcase/desk/",
    places=(
        Place("Worklist", "/showcase/desk/", "worklist", count=14),
        Place("Invoices", "/showcase/list/", "invoice"),
        Place("Disputes", "#disputes", "dispute", count=6),
        Place("Payments", "#payments", "payment"),
        Place("Customers", "#customers", "customers"),
        Place("Settings", "#settings", "settings"),
    ),
    help=Contact("Mona Weiss", "+49 40 5550 1741", "mona@nordwind.example", "AR manager"),
    unread=112,
    notifications_url="/showcase/#notices",
    search_url="/showcase/",
    profile_url="#profile",
    sign_out_url="#sign-out",
)

CRUMBS = (Crumb("Invoices", "/showcase/list/"), Crumb("RE-2025-00417"))
TABS = (Tab("Open", "#open", True, 9), Tab("Paid", "#paid", False, 180), Tab("All", "#all"))
FILES = (
    Attachment("Lieferschein 88213.pdf", "#file", "184 KB"),
    Attachment("Prüfprotokoll_Kugellager_6205-2RS_Wareneingangskontrolle_November.pdf", "#file", "1.2 MB"),
)
LINE_MOVES = (
    Move("Comment on this line", "#comment", icon="message"),
    Move("Dispute this line", "#dispute", icon="dispute"),
    Move("Code this line", "#code", icon="edit"),
)
PAPER = Paper(
    kind="Invoice",
    number="RE-2025-00417",
    issuer=SUPPLIER,
    currency="EUR",
    parties=(
        Party("From", SUPPLIER, ("Am Kaiserkai 12", "20457 Hamburg", "Germany"), ("VAT DE123456789",)),
        Party("To", BUYER, ("Hauptstraße 1", "4020 Linz", "Austria"), ("VAT ATU12345678", "Customer number 10442")),
    ),
    facts=(
        Fact("Issued", date(2025, 10, 21)),
        Fact("Due", date(2025, 11, 20)),
        Fact("Your order", "PO-7731-2"),
        Fact("Terms", "2% 10 days, net 30"),
    ),
    lines=(
        Line(
            "line-1", "1", "Deep groove ball bearing 6205-2RS", "10", "148.00", "19%", eur(148000),
            "Item 6205-2RS-C3, batch 24117", (LineNote("3 of 10 disputed", "waiting", "#dispute"),), LINE_MOVES,
        ),
        Line("line-2", "2", "Hydraulic hose DN16, crimped on both sides", "42.5 m", "31.20", "19%", eur(132600),
             "Delivered 17 Oct 2025", (), LINE_MOVES),
        Line("line-3", "3", "Montage, Inbetriebnahme und Einweisung durch Servicetechniker vor Ort", "14 h", "96.00",
             "19%", eur(134400), "", (LineNote("Coded 4711-20", "quiet"),), LINE_MOVES),
    ),
    sums=(
        Fact("Lines", eur(415000)),
        Fact("Freight", eur(4500)),
        Fact("Loyalty allowance 2%", eur(-8300)),
        Fact("VAT 19% on 4,112.00", eur(78128)),
        Fact("Total", eur(489328), total=True),
    ),
    note="Please state RE-2025-00417 with your payment.",
    files=FILES,
)  # fmt: skip
FACTS = (
    Fact("Total", eur(489328)),
    Fact("Open", eur(489328), "#open"),
    Fact("In dispute", eur(52836), "#dispute"),
    Fact("Due", date(2025, 11, 20)),
)
STEPS = (
    Step("Goods received", "good", "Approved", "Ben Okafor", date(2025, 11, 3), "Seven of ten are fine."),
    Step("Above 1,000 EUR", "waiting", "Waits for you", "Anna Berg"),
    Step("Release of payment", "quiet", "Not yet", "Finance, two people"),
)
DISPUTES = (
    Related("D-118, 3 of 10 bearings", "In review", "waiting", eur(52836), "#dispute", "since 3 Nov 2025"),
)
PAYMENTS = (
    Related("Card, Visa 4242", "On the way", "waiting", eur(120000), "#payment"),
    Related("Bank transfer", "Returned", "bad", eur(50000), "#payment", "account closed"),
)
SITUATION = Situation(
    "Waiting for Nordwind about 3 bearings", "waiting", "Payable now", eur(436492), FACTS, "since 3 Nov 2025, 2 working days",
    (
        Move("Approve and pay 4,364.92 EUR", "#pay", icon="payment"),
        Move("Approve only", "#approve", icon="approve"),
        Move("Dispute a line", "#dispute", icon="dispute"),
        Move("Reject", "#reject", danger=True),
    ),
    STEPS, DISPUTES, PAYMENTS,
)  # fmt: skip
DESK_SITUATION = Situation(
    "Waiting for you", "waiting", "In dispute", eur(52836),
    (Fact("Total", eur(489328)), Fact("Open", eur(489328)), Fact("Due", date(2025, 11, 20))),
    "since 3 Nov 2025, answer due 10 Nov 2025",
    (
        Move("Take it", "#take", name="take", post=True, icon="check"),
        Move("Propose a credit", "#propose", icon="credit"),
        Move("Ask Brightwater", "#ask", icon="message"),
        Move("Decline", "#decline", danger=True),
    ),
)  # fmt: skip
ENTRIES = (
    Entry("event", "Invoice presented in the portal and by mail", at(21, 8, 2, 10), SUPPLIER, icon="invoice"),
    Entry("event", "Opened for the first time", at(21, 9, 47, 10), "Anna Berg", "Brightwater", icon="eye"),
    Entry("event", "Approved as received, 7 of 10", at(3, 10, 12), "Ben Okafor", "Brightwater", icon="check", meaning="good"),
    Entry("event", "Disputed 528.36 EUR: 3 bearings damaged", at(3, 10, 15), "Anna Berg", "Brightwater", icon="dispute",
          meaning="waiting", url="#dispute"),
    Entry("message", "Three of the ten bearings came with dented seals. Photo attached.\n\nThe others are fine and will be paid.",
          at(3, 10, 16), "Anna Berg", "Brightwater", mine=True, attachments=(Attachment("IMG_2214.jpg", "#file", "2.1 MB"),)),
    Entry("note", "Same carrier as last month. I would credit two and ask for the third back.", at(4, 7, 58),
          "Carl Petersen", "Nordwind"),
    Entry("message", "Sorry about that. Could you send us the batch number that is printed on the box?", at(4, 8, 4),
          "Clara Lindqvist", "Nordwind", key="message-7"),
)  # fmt: skip
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
    Waiting("Approve RE-2025-00417 of Nordwind", "/showcase/invoice/", "approve", "Due 20 Nov 2025, above your limit of four eyes",
            eur(489328), "Approve"),
    Waiting("Clara Lindqvist asks for the batch number", "/showcase/invoice/#message-7", "message", "Dispute D-118, since 4 Nov 2025",
            eur(52836), "Answer"),
    Waiting("Your card ending 4242 expires on 30 Nov 2025", "#card", "card", "Used for Pacific Parts Inc.", None, "Renew"),
)  # fmt: skip
QUEUE = (
    QueueRow("queue-1", "#1", "Brightwater Manufacturing Ltd", "3 of 10 bearings damaged", eur(52836), "Disputed", "waiting",
             "answer by 10 Nov", True),
    QueueRow("queue-2", "#2", BUYER, "Price differs from order PO-9921", eur(1284000), "Escalated", "bad", "2 days late"),
    QueueRow("queue-3", "#3", "Elsewhere AG", "Payment returned, account closed", eur(214000), "Returned", "bad", "4 Nov"),
    QueueRow("queue-4", "#4", "Tiny Studio", "Asks for a copy of RE-2025-00388", eur(9900), "Question", "quiet", "4 Nov"),
    QueueRow("queue-5", "#5", "Brightwater Manufacturing Ltd", "Promise of 6 Nov was kept", eur(310508), "Kept", "good", "today"),
    QueueRow("queue-6", "#6", "Kvarnström & Söner AB", "Missing order number", eur(78100), "Disputed", "waiting", "answer by 12 Nov"),
)  # fmt: skip
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
        ("RE-2025-00388", "Vereinigte Oberösterreichische Werkzeugmaschinen-Instandsetzungsgesellschaft mbH", 120000, 120000, 9,
         "On the way", "waiting"),
        ("RE-2025-00371", SUPPLIER, 65000, 0, 4, "Paid", "good"),
        ("GS-2025-00031", SUPPLIER, -18500, -18500, 6, "Credit", "quiet"),
        ("RE-2025-00360", SUPPLIER, 1284000, 1284000, 7, "Due tomorrow", "waiting"),
        ("PP-30044", "Pacific Parts Inc.", 9900, 9900, 14, "Open", "quiet"),
        ("RE-2025-00341", SUPPLIER, 333000, 333000, 28, "Open", "quiet"),
    ]  # fmt: skip
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
