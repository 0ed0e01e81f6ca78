"""The seal of a statement: a code printed on it, by which anybody who holds it sees whether it is genuine.

What is sealed are the figures: a signature, by this installation's key, over a canonical text of them (HMAC-SHA-256).
The same figures have the same seal, so that a statement asked for again is the same to the byte. To check it, the
statement is reckoned anew, as it was known then, and its signature compared: paper, kept seal and ledger must agree.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock, secrets
from eipp.kernel.actor import Actor
from eipp.kernel.record import AppendOnly, Entity
from eipp.kernel.tenancy import Scope, ScopedManager
from eipp.ledger.posting.locks import lock_accounts
from eipp.ledger.statement import Statement, stated
from eipp.ledger.statement_knowledge import Knowledge

PURPOSE = "statement"
LENGTH = 16  # letters and digits of a code: 80 bits of the signature
_PLATFORM = Actor.system("statement")


class SealedStatement(AppendOnly, Entity):
    """A statement that was handed out. digest: its signature; code: the first 80 bits of it, as printed; known_at: the
    instant at which the ledger knew these figures."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    first = models.DateField(null=True)
    last = models.DateField()
    known_at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=LENGTH, unique=True)
    objects: ClassVar[Any] = ScopedManager()
    scope = Scope(buyer="account__buyer_id", supplier="account__supplier_id", account="account_id")

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        """The code in fours: `K7QD-2M5A-...`."""
        return "-".join(self.code[at : at + 4] for at in range(0, LENGTH, 4))

    @property
    def url(self) -> str:
        """Where it is checked, by whoever holds the paper."""
        return settings.BASE_URL + reverse("web:genuine", args=[self.code])


@dataclass(frozen=True, slots=True)
class Verdict:
    """is_genuine: the ledger still gives the very figures that were sealed; closings: by currency, as text."""

    seal: SealedStatement
    is_genuine: bool
    closings: dict[str, str]


def canonical(statement: Statement) -> str:
    """The figures as one text, line by line: whose and of when, then each currency's balances and rows in order."""
    return "\n".join(_lines(statement))


def digest_of(statement: Statement) -> str:
    return secrets.sign(PURPOSE, canonical(statement))


@transaction.atomic
def seal(actor: Actor, statement: Statement) -> tuple[Statement, SealedStatement]:
    """The statement, and its seal. The account is locked, so that what is being posted is in it or comes after."""
    lock_accounts([statement.account.pk])
    knowledge = Knowledge.of_day(statement.known, zone=statement.account.supplier.time_zone)
    now = clock.now() + timedelta(microseconds=1)  # so that what was written at this very instant is in it
    at = min(knowledge.at or now, now)
    fresh = stated(actor, statement.account, statement.kind, statement.first, statement.last, knowledge,
                   statement.known)  # fmt: skip
    digest = digest_of(fresh)
    known = SealedStatement.objects.filter(digest=digest).first()
    if known is None:
        known = SealedStatement.objects.create(
            account=statement.account, kind=statement.kind, first=statement.first, last=statement.last, known_at=at,
            digest=digest, code=_code(digest),
        )  # fmt: skip
    return fresh, known


def check(code: str) -> Verdict | None:
    """What is to be said of a code, however it is typed; None for one that was never handed out."""
    found = SealedStatement.objects.filter(code=tidy(code)).select_related("account__supplier").first()
    if found is None:
        return None
    account = found.account
    knowledge = Knowledge(account.supplier.time_zone, found.known_at)
    now = stated(_PLATFORM, account, found.kind, found.first, found.last, knowledge)
    closings = {section.currency: section.closing.text for section in now.sections}
    return Verdict(found, digest_of(now) == found.digest, closings)


def tidy(code: str) -> str:
    """A code as it is kept: without the lines between, in capitals; 0, 1 and 8, which it has not, as what they look
    like."""
    return re.sub(r"[^A-Z2-7]", "", code[:60].upper().translate(str.maketrans("018", "OIB")))


def _code(digest: str) -> str:
    return base64.b32encode(bytes.fromhex(digest)[: LENGTH * 5 // 8]).decode()


def _lines(statement: Statement) -> Iterator[str]:
    yield f"statement 1 {statement.account.pk} {statement.kind} {statement.first or '-'} {statement.last}"
    for section in statement.sections:
        yield f"currency {section.currency} {section.opening.text} {section.closing.text}"
        for row in section.movements:
            yield f"movement {row.day} {row.kind} {row.document.pk if row.document else '-'} {row.amount.text}"
        for item in section.items:
            yield f"item {item.kind} {item.document.pk} {item.open.text}"
