"""What the reference books keep of each thing: what it is over, and where it stands."""

from dataclasses import dataclass
from datetime import date, datetime

ON_THE_WAY = ("submitted", "pending", "unknown")
LIVE = ("opened", "in_review", "proposed", "escalated")


@dataclass
class Invoice:
    account: str
    currency: str
    amount: int
    due: date
    withdrawn: bool = False


@dataclass
class Source:
    """What invoices are settled with: cash that came, or a credit note."""

    account: str
    currency: str
    amount: int
    is_cash: bool
    payment: str = ""  # which brought the cash
    corrects: str = ""  # the invoice that the credit note is about
    aside: int = 0  # on its way back to the payer
    given: int = 0  # gone back to the payer
    charged: int = 0  # taken back by the payer's bank
    gone: bool = False  # taken back


@dataclass
class Payment:
    shares: dict[str, int]
    currency: str
    entered: datetime
    state: str = "submitted"
    is_transfer: bool = False
    planned_for: date | None = None
    saved: str = ""  # what is charged: card or bank_debit
    back: tuple[int, str] | None = None  # what the payer's bank took by a charge-back
    wins: int = 0


@dataclass
class Dispute:
    invoice: str
    amount: int
    state: str = "opened"
    proposed: int = 0
    escalated: bool = False


@dataclass
class Refund:
    """parts: what it is taken from, as (cash, the invoice it had paid or "", amount)."""

    payment: str
    amount: int
    parts: list[tuple[str, str, int]]
    state: str = "submitted"
