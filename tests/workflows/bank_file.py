"""A bank's files for these tests: a camt.053 of a few entries, and how it is brought in and applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from xml.sax.saxutils import escape

from documents.bank.reading import Hints
from documents.upload import store_bytes
from eipp.demo import cast
from eipp.kernel.actor import Actor
from tests.world import World
from workflows import bank_intake, cash_posting
from workflows.bank_statement import BankEntry, BankStatement

IBAN = cast.BODIES[0].bank_accounts[0]["iban"]
_ids = count(1)


@dataclass(frozen=True)
class Line:
    """One booking; amount with sign. parts: a batch of several."""

    amount: str
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    name: str = ""
    iban: str = ""
    bank_id: str = ""
    reason: str = ""
    reversal: bool = False
    day: str = "2026-03-02"
    parts: tuple["Line", ...] = ()


def camt(
    *lines: Line, opening: str = "1000.00", closing: str | None = None, sequence: int | None = 1, iban: str = IBAN,
    currency: str = "EUR", day: str = "2026-03-02", number: str = "",
) -> bytes:  # fmt: skip
    """A statement that adds up, unless `closing` says otherwise."""
    total = Decimal(opening) + sum((Decimal(line.amount) for line in lines), Decimal(0))
    end = Decimal(closing) if closing is not None else total
    counted = f"<ElctrncSeqNb>{sequence}</ElctrncSeqNb>" if sequence is not None else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M-{next(_ids)}</MsgId><CreDtTm>{day}T20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{number or f"S-{sequence}"}</Id>{counted}
<FrToDt><FrDtTm>{day}T00:00:00</FrDtTm><ToDtTm>{day}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{_balance("OPBD", Decimal(opening), currency, day)}{_balance("CLBD", end, currency, day)}
{"".join(_entry(line, currency) for line in lines)}
</Stmt></BkToCstmrStmt></Document>""".encode()


def load(world: World, *files: bytes, who: str | Actor = "clara", hints: Hints | None = None) -> BankStatement:
    """Bring files in, one after the other; the last one's first statement."""
    actor = world.actor(who) if isinstance(who, str) else who
    for content in files:
        stored = store_bytes(actor, content, name="statement")
        taken = bank_intake.receive(actor, stored, hints=hints)
    return taken[0].statement


def applied(world: World, *files: bytes, who: str | Actor = "clara") -> BankStatement:
    """Bring files in and let the worker do its part."""
    statement = load(world, *files, who=who)
    work()
    statement.refresh_from_db()
    return statement


def work() -> None:
    """What the worker does until nothing waits."""
    while waiting := cash_posting.to_be_applied():
        for statement_id in waiting:
            cash_posting.apply_statement(statement_id)


def entries(statement: BankStatement) -> Sequence[BankEntry]:
    return list(statement.entries.select_related("receipt", "account").order_by("position"))


def outcomes(statement: BankStatement) -> list[str]:
    return [entry.outcome for entry in entries(statement)]


def _balance(code: str, amount: Decimal, currency: str, day: str) -> str:
    return (f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{abs(amount):f}</Amt>'
            f"<CdtDbtInd>{_direction(amount)}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>")  # fmt: skip


def _entry(line: Line, currency: str) -> str:
    amount = Decimal(line.amount)
    details = "".join(_details(part, currency, amount) for part in (line.parts or (line,)))
    bank_id = f"<AcctSvcrRef>{line.bank_id}</AcctSvcrRef>" if line.bank_id else ""
    return f"""<Ntry><Amt Ccy="{currency}">{abs(amount):f}</Amt><CdtDbtInd>{_direction(amount)}</CdtDbtInd>
<RvslInd>{str(line.reversal).lower()}</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{line.day}</Dt></BookgDt>
<ValDt><Dt>{line.day}</Dt></ValDt>{bank_id}<NtryDtls>{details}</NtryDtls></Ntry>
"""


def _details(line: Line, currency: str, whole: Decimal) -> str:
    role = "Dbtr" if whole >= 0 else "Cdtr"
    parties = f"<{role}><Pty><Nm>{escape(line.name)}</Nm></Pty></{role}>" if line.name else ""
    parties += f"<{role}Acct><Id><IBAN>{line.iban}</IBAN></Id></{role}Acct>" if line.iban else ""
    reference = f"<Strd><CdtrRefInf><Ref>{escape(line.reference)}</Ref></CdtrRefInf></Strd>" if line.reference else ""
    text = f"<Ustrd>{escape(line.text)}</Ustrd>" if line.text else ""
    reason = f"<RtrInf><Rsn><Cd>{line.reason}</Cd></Rsn></RtrInf>" if line.reason else ""
    return f"""<TxDtls><Refs><EndToEndId>{escape(line.end_to_end) or "NOTPROVIDED"}</EndToEndId></Refs>
<Amt Ccy="{currency}">{abs(Decimal(line.amount)):f}</Amt><RltdPties>{parties}</RltdPties>
<RmtInf>{text}{reference}</RmtInf>{reason}</TxDtls>"""


def _direction(amount: Decimal) -> str:
    return "CRDT" if amount >= 0 else "DBIT"
