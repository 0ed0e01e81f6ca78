"""The cast of the example world: companies, accounts, people, rules and programs, as tables to be read."""

from dataclasses import dataclass, field
from typing import Any

from eipp.demo import sample_marks

Postal = dict[str, str]


@dataclass(frozen=True, slots=True)
class Company:
    """`word` is by what the world names it; `facts` are further columns of the organisation."""

    word: str
    name: str
    side: str
    slug: str
    domain: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Body:
    """A supplier's legal entity; the first bank account is its own, the others occur in the sample e-invoices."""

    company: str
    name: str
    code: str
    country: str
    vat_id: str
    legal_id: str
    postal: Postal
    bank_accounts: list[dict[str, str]]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer account; `identifiers` are (kind, scheme, value); no buyer: nobody there has signed up yet."""

    word: str
    supplier: str
    buyer: str | None
    number: str
    name: str
    currency: str
    terms_days: int
    postal: Postal
    parent: str | None = None
    limit: str | None = None
    identifiers: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Player:
    """A person; the word is the user name too."""

    word: str
    name: str
    company: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    company: str
    currency: str
    starts_at: str
    four_eyes: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """Up to which credit this role decides alone."""

    company: str
    role: str
    currency: str
    alone: str


@dataclass(frozen=True, slots=True)
class Program:
    company: str
    name: str
    scopes: tuple[str, ...]


COMPANIES = (
    Company("nordwind", "Nordwind Handels GmbH", "supplier", "nordwind", "nordwind.example", {
        "country": "DE", "time_zone": "Europe/Berlin", "brand_colour": "#0b5c6b", "portal_title": "Nordwind",
        "contact_name": "Clara Clerk", "contact_phone": "+49 40 555 010", "contact_email": "ar@nordwind.example",
    }),
    Company("pacific", "Pacific Parts Inc.", "supplier", "pacific-parts", "pacificparts.example", {
        "country": "US", "time_zone": "America/Los_Angeles", "brand_colour": "#7a3e9d", "portal_title": "Pacific Parts",
        "contact_name": "Paula Park", "contact_phone": "+1 206 555 0140", "contact_email": "ar@pacificparts.example",
    }),
    Company("brightwater", "Brightwater Manufacturing Ltd", "buyer", "brightwater", "brightwater.example",
            {"country": "GB", "time_zone": "Europe/London"}),
    Company("tiny", "Tiny Studio", "buyer", "tiny-studio", "tinystudio.example",
            {"country": "NL", "time_zone": "Europe/Amsterdam"}),
    Company("elsewhere", "Elsewhere AG", "buyer", "elsewhere", "elsewhere.example",
            {"country": "CH", "time_zone": "Europe/Zurich"}),
)  # fmt: skip

BODIES = (
    Body("nordwind", "Nordwind Handels GmbH", "NW", "DE", "DE284517903", "HRB 118204",
         {"line1": "Am Sandtorkai 27", "city": "Hamburg", "postal_code": "20457", "country": "DE"},
         [{"iban": "DE02200505501015871393", "bic": "HASPDEHHXXX", "holder": "Nordwind Handels GmbH",
           "currency": "EUR"}, *sample_marks.BANK_ACCOUNTS],
         {"endpoint_scheme": "EM", "endpoint": "rechnungen@nordwind.example"}),
    Body("pacific", "Pacific Parts Inc.", "PP", "US", "", "91-4402817",
         {"line1": "1900 Alaskan Way", "city": "Seattle", "postal_code": "98101", "subdivision": "WA", "country": "US"},
         [{"iban": "3300958879", "bic": "SVBKUS6S", "holder": "Pacific Parts Inc.", "currency": "USD"}]),
)  # fmt: skip

_SHEFFIELD = {"line1": "Unit 7, Meadowhall Works", "city": "Sheffield", "postal_code": "S9 1EN", "country": "GB"}
ACCOUNTS = (
    Account("main", "nordwind", "brightwater", "10001", "Brightwater Manufacturing Ltd", "EUR", 30, _SHEFFIELD,
            limit="150000.00", identifiers=sample_marks.BUYERS),
    Account("branch", "nordwind", "brightwater", "10002",
            "Brightwater Manufacturing Ltd, Zweigniederlassung Hamburg-Wilhelmsburg", "EUR", 30,
            {"line1": "Schluisgrove 14", "city": "Hamburg", "postal_code": "21107", "country": "DE"}, parent="main",
            identifiers=(("endpoint", "EM", "hamburg@brightwater.example"),)),
    Account("tiny_account", "nordwind", "tiny", "10020", "Tiny Studio", "EUR", 14,
            {"line1": "Kanaalstraat 8", "city": "Utrecht", "postal_code": "3531 CJ", "country": "NL"},
            identifiers=(("endpoint", "EM", "tom@tinystudio.example"),)),
    Account("elsewhere_account", "nordwind", "elsewhere", "10030", "Elsewhere AG", "EUR", 45,
            {"line1": "Seefeldstrasse 40", "city": "Zürich", "postal_code": "8008", "country": "CH"},
            identifiers=(("vat", "", "CHE-109.322.551"),)),
    Account("unconnected", "nordwind", None, "10040",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH", "EUR", 30,
            {"line1": "Handelskai 265", "city": "Wien", "postal_code": "1020", "country": "AT"}),
    Account("pacific_usd", "pacific", "brightwater", "BWM-US", "Brightwater Manufacturing Ltd", "USD", 30, _SHEFFIELD,
            limit="80000.00"),
    Account("pacific_jpy", "pacific", "brightwater", "BWM-JP", "Brightwater Manufacturing Ltd (Osaka goods)", "JPY", 60,
            _SHEFFIELD),
)  # fmt: skip

_EVERYTHING_A_BUYER_MAY = ("viewer", "approver", "payer", "buyer_administrator")
PEOPLE = (
    Player("anna", "Anna Ashby", "brightwater", ("approver", "payer")),
    Player("ben", "Benjamin Okafor", "brightwater", ("approver",)),
    Player("vera", "Vera Lindqvist", "brightwater", ("viewer",)),
    Player("dora", "Dora Whitlock", "brightwater", ("buyer_administrator",)),
    Player("tom", "Tom de Wit", "tiny", ("approver", "payer", "buyer_administrator")),
    Player("sina", "Sina Zumthor", "elsewhere", _EVERYTHING_A_BUYER_MAY),
    Player("clara", "Clara Clerk", "nordwind", ("ar_clerk",)),
    Player("carl", "Carl-Friedrich von Schmettow-Westerholt", "nordwind", ("ar_clerk",)),
    Player("mona", "Mona Petersen", "nordwind", ("ar_manager",)),
    Player("silke", "Silke Brandt", "nordwind", ("supplier_administrator",)),
    Player("paula", "Paula Park", "pacific", ("ar_clerk",)),
    Player("pete", "Pete Morrison", "pacific", ("ar_manager",)),
)

RULES = (
    Rule("brightwater", "EUR", "0.00", four_eyes=False),
    Rule("brightwater", "EUR", "1000.00", four_eyes=True),
)

AUTHORITY = (
    Authority("nordwind", "ar_clerk", "EUR", "5000.00"), Authority("nordwind", "ar_manager", "EUR", "25000.00"),
    Authority("pacific", "ar_clerk", "USD", "5000.00"), Authority("pacific", "ar_clerk", "JPY", "500000"),
)  # fmt: skip

_SUPPLIERS_ERP = ("invoices:read", "invoices:write", "accounts:write", "receipts:write", "charges:write",
                  "disputes:write", "bank-statements:write", "threads:write", "webhooks:write",
                  "offers:write")  # fmt: skip
_BUYERS_ERP = ("invoices:read", "disputes:write", "approvals:write", "payments:write", "remittances:write",
               "threads:write", "webhooks:write", "offers:write")  # fmt: skip
PROGRAMS = (
    Program("nordwind", "Nordwind ERP", _SUPPLIERS_ERP),
    Program("pacific", "Pacific Parts ERP", _SUPPLIERS_ERP),
    Program("brightwater", "Brightwater ERP", _BUYERS_ERP),
    Program("elsewhere", "Elsewhere ERP", _BUYERS_ERP),
)
