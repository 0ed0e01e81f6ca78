"""What the example's suppliers deliver: fasteners, seals, machined parts, packaging and freight."""

from decimal import Decimal
from random import Random

from eipp.demo.bill import Good

type_of_basket = tuple[tuple[Good, Decimal], ...]

#: Each good with the quantities in which it is ordered.
NORDWIND: tuple[tuple[Good, tuple[str, ...]], ...] = (
    (Good("Hexagon head bolt M8 x 40, 8.8, zinc plated", "0.184", item="NW-10840"), ("500", "1000", "2500")),
    (Good("Hexagon socket screw M6 x 20, A4-70", "0.2265", item="NW-10620"), ("400", "800", "2000")),
    (Good("Flanschmutter M10 mit Sperrverzahnung, DIN 6923, gelb chromatiert", "0.139", item="NW-12310"),
     ("500", "1500")),
    (Good("Spring washer B8, spring steel", "0.042", item="NW-14008"), ("2000", "5000")),
    (Good("O-ring 24 x 3, NBR 70", "0.38", item="NW-20243"), ("200", "600")),
    (Good("Radial-Wellendichtring 35 x 52 x 7, FKM, mit Staublippe", "6.90", item="NW-21352"), ("20", "60", "100")),
    (Good("Flat gasket DN 80, aramid fibre", "4.15", item="NW-22080"), ("40", "120")),
    (Good("Turned bush, bronze CC493K, to drawing 4711-C", "18.40", item="NW-30471"), ("25", "50", "80")),
    (Good("Milled bearing bracket, EN AW-6082, anodised", "64.50", item="NW-30822"), ("6", "12", "24")),
    (Good("Präzisionsdrehteil Kolbenstange 20 x 310, hartverchromt und poliert", "41.75", item="NW-31310"),
     ("10", "20", "40")),
    (Good("CNC machining, 5 axes", "92.00", unit="HUR", item="NW-90005"), ("2.5", "4", "7.5")),
    (Good("Euro pallet, heat treated (IPPC)", "11.80", item="NW-50120"), ("6", "12")),
    (Good("Folding box 400 x 300 x 200, double wall", "1.24", item="NW-50432"), ("100", "250")),
    (Good("Stretch film 500 mm, 23 my", "8.95", unit="RO", item="NW-50501"), ("6", "18")),
    (Good("Multi-purpose grease, 18 kg", "96.00", unit="KGM", item="NW-60018"), ("1", "2")),
)  # fmt: skip

PACIFIC: tuple[tuple[Good, tuple[str, ...]], ...] = (
    (Good("Hydraulic hose assembly 3/8 in, 72 in", "38.25", item="PP-3872"), ("10", "25")),
    (Good("Quick coupler, flat face, 1/2 in", "54.10", item="PP-5112"), ("8", "20")),
    (Good("Tapered roller bearing LM11949", "12.75", item="PP-1194"), ("20", "60")),
    (Good("Stainless clevis pin 5/16 x 2", "1.35", item="PP-7052"), ("200", "500")),
    (Good("Solenoid valve 24 V DC, 1/4 NPT", "87.90", item="PP-8824"), ("4", "10")),
)

OSAKA: tuple[tuple[Good, tuple[str, ...]], ...] = (
    (Good("Linear guide rail HSR25, 640 mm", "18400", item="PP-J250"), ("2", "4")),
    (Good("Ball screw nut block, C5", "32600", item="PP-J305"), ("1", "2", "3")),
    (Good("Proximity sensor M12, PNP", "4150", item="PP-J412"), ("6", "12")),
    (Good("Timing belt 600-8M-30", "2980", item="PP-J600"), ("5", "15")),
)

#: For Tiny Studio, which builds furniture for exhibitions.
SMALL: tuple[tuple[Good, tuple[str, ...]], ...] = (
    (Good("Threaded insert M6, brass", "0.31", item="NW-15006"), ("100", "300")),
    (Good("Countersunk wood screw 5 x 60, box of 200", "14.60", unit="BX", item="NW-11560"), ("2", "5")),
    (Good("Levelling foot 40 mm, plastic, black", "0.88", item="NW-17040"), ("50", "120")),
    (Good("Edge protection profile, 25 m", "22.40", unit="RO", item="NW-50825"), ("1", "4")),
)

SHELVES = {"pacific_usd": PACIFIC, "pacific_jpy": OSAKA, "tiny_account": SMALL}


def basket(chance: Random, account: str) -> type_of_basket:
    """One to five goods that this account orders, each once."""
    shelf = SHELVES.get(account, NORDWIND)
    chosen = chance.sample(shelf, chance.choice((1, 2, 2, 3, 3, 4, 5)) if len(shelf) > 5 else chance.choice((1, 2, 3)))
    return tuple((good, Decimal(chance.choice(quantities))) for good, quantities in chosen)


def ten(name: str, price: str, item: str) -> type_of_basket:
    """Ten of one thing, beside a little of another."""
    grease = Good("Assembly paste, tube 85 g", "7.40", item="NW-60085")
    return ((Good(name, price, item=item), Decimal(10)), (grease, Decimal(2)))


def single(name: str, price: str, quantity: str, item: str = "") -> type_of_basket:
    """One line, where the total has to be a certain one."""
    return ((Good(name, price, item=item), Decimal(quantity)),)
