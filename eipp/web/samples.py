"""Invented facts for the showcase: the cast of the example world on one Thursday, with the longest names we know."""

from datetime import UTC, date, datetime

from eipp.kernel.money import Money
from eipp.web.paper import Fact, Line, LineNote, Paper, Party
from eipp.web.pieces import Attachment, Crumb, Entry, Move, Step, Tab
from eipp.web.sample_frames import BUYER, SUPPLIER
from eipp.web.situation import Related, Situation

TODAY = date(2025, 11, 6)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def at(day: int, hour: int, minute: int, month: int = 11) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=UTC)


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
            "line-1",
            "1",
            "Deep groove ball bearing 6205-2RS",
            "10",
            "148.00",
            "19%",
            eur(148000),
            "Item 6205-2RS-C3, batch 24117",
            (LineNote("3 of 10 disputed", "waiting", "#dispute"),),
            LINE_MOVES,
        ),
        Line(
            "line-2",
            "2",
            "Hydraulic hose DN16, crimped on both sides",
            "42.5 m",
            "31.20",
            "19%",
            eur(132600),
            "Delivered 17 Oct 2025",
            (),
            LINE_MOVES,
        ),
        Line(
            "line-3",
            "3",
            "Montage, Inbetriebnahme und Einweisung durch Servicetechniker vor Ort",
            "14 h",
            "96.00",
            "19%",
            eur(134400),
            "",
            (LineNote("Coded 4711-20", "quiet"),),
            LINE_MOVES,
        ),
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
)
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
DISPUTES = (Related("D-118, 3 of 10 bearings", "In review", "waiting", eur(52836), "#dispute", "since 3 Nov 2025"),)
PAYMENTS = (
    Related("Card, Visa 4242", "On the way", "waiting", eur(120000), "#payment"),
    Related("Bank transfer", "Returned", "bad", eur(50000), "#payment", "account closed"),
)
SITUATION = Situation(
    "Waiting for Nordwind about 3 bearings",
    "waiting",
    "Payable now",
    eur(436492),
    "#amounts",
    FACTS,
    "since 3 Nov 2025, 2 working days",
    (
        Move("Approve and pay 4,364.92 EUR", "#pay", icon="payment"),
        Move("Approve only", "#approve", icon="approve"),
        Move("Dispute a line", "#dispute", icon="dispute"),
        Move("Reject", "#reject", danger=True),
    ),
    STEPS,
    DISPUTES,
    PAYMENTS,
)
DESK_SITUATION = Situation(
    "Waiting for you",
    "waiting",
    "In dispute",
    eur(52836),
    "#amounts",
    (Fact("Total", eur(489328)), Fact("Open", eur(489328)), Fact("Due", date(2025, 11, 20))),
    "since 3 Nov 2025, answer due 10 Nov 2025",
    (
        Move("Take it", "#take", name="take", post=True, icon="check"),
        Move("Propose a credit", "#propose", icon="credit"),
        Move("Ask Brightwater", "#ask", icon="message"),
        Move("Decline", "#decline", danger=True),
    ),
)
ENTRIES = (
    Entry("event", "Invoice presented in the portal and by mail", at(21, 8, 2, 10), SUPPLIER, icon="invoice"),
    Entry("event", "Opened for the first time", at(21, 9, 47, 10), "Anna Berg", "Brightwater", icon="eye"),
    Entry(
        "event",
        "Approved as received, 7 of 10",
        at(3, 10, 12),
        "Ben Okafor",
        "Brightwater",
        icon="check",
        meaning="good",
    ),
    Entry(
        "event",
        "Disputed 528.36 EUR: 3 bearings damaged",
        at(3, 10, 15),
        "Anna Berg",
        "Brightwater",
        icon="dispute",
        meaning="waiting",
        url="#dispute",
    ),
    Entry(
        "message",
        "Three of the ten bearings came with dented seals. Photo attached.\n\nThe others are fine and will be paid.",
        at(3, 10, 16),
        "Anna Berg",
        "Brightwater",
        mine=True,
        attachments=(Attachment("IMG_2214.jpg", "#file", "2.1 MB"),),
    ),
    Entry(
        "note",
        "Same carrier as last month. I would credit two and ask for the third back.",
        at(4, 7, 58),
        "Carl Petersen",
        "Nordwind",
    ),
    Entry(
        "message",
        "Sorry about that. Could you send us the batch number that is printed on the box?",
        at(4, 8, 4),
        "Clara Lindqvist",
        "Nordwind",
        key="message-7",
    ),
)
