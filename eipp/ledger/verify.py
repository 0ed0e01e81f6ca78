"""Verify: recompute everything the ledger keeps, from the rows it was made of, and name each difference."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from eipp.kernel import seal
from eipp.ledger.verify_checks import CHECKS


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not what it should be. Amounts are minor units, as they are stored."""

    check: str
    what: str
    kept: int
    recomputed: int

    def __str__(self) -> str:
        return f"{self.check}: {self.what} is kept as {self.kept}, recomputed {self.recomputed}"


def verify() -> Iterator[str]:
    """Each difference as a sentence: of the ledger's balances, then of the record's chain of hashes."""
    for difference in differences():
        yield str(difference)
    yield from seal.differences()


def differences() -> Iterator[Difference]:
    """Each check is one statement that the database answers with the rows that differ."""
    for name, statement in CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            for what, kept, recomputed in cursor.fetchall():
                yield Difference(name, what, int(kept or 0), int(recomputed or 0))
