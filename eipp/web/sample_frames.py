"""Invented frames for the showcase: the buyer's people and the supplier's."""

from eipp.web.frame import Choice, Contact, Frame, Place

BUYER = "Donaudampfschifffahrts-Elektrizitätenhauptbetriebswerk Betriebsgesellschaft mbH & Co. KG"
SUPPLIER = "Nordwind Handels GmbH"
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
