"""A story: what happens to one supplier and one buyer from a seed, on the platform and in the books beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction
from django.test import Client

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CashReceipt, CreditNote, Invoice
from tests.simulation.books import Books
from tests.simulation.nature import Died, Nature
from tests.simulation.provider import Provider
from workflows.bank_statement import BankEntry
from workflows.dispute import Dispute
from workflows.payment import Payment
from workflows.refund import Refund
from workflows.saved_method import SavedMethod

MODELS: dict[str, Any] = {"I": Invoice, "P": Payment, "D": Dispute, "C": CreditNote, "R": CashReceipt, "E": BankEntry,
                          "F": Refund}  # fmt: skip


class Difference(AssertionError):
    """The platform and the books beside it do not say the same."""


@dataclass
class Scene:
    """Who is there, the same for every story: accounts by their number, people by their word, programs that call the
    API with a key, and what the buyer has saved to pay with."""

    accounts: dict[str, CustomerAccount]
    actors: dict[str, Actor]
    programs: dict[str, Client]
    saved: dict[str, SavedMethod]


@dataclass
class Story:
    """rows: by the short name of the books, the id of the platform's row; told: what happened, line by line."""

    seed: int
    scene: Scene
    nature: Nature
    provider: Provider
    books: Books = field(default_factory=Books)
    rows: dict[str, UUID] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)  # what an act remembers for a later one
    in_peace: bool = False  # nobody dies, and the provider is well

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self._counts: dict[str, int] = {}

    # --- names

    def name(self, letter: str) -> str:
        """The next short name of a kind."""
        self._counts[letter] = self._counts.get(letter, 0) + 1
        return f"{letter}{self._counts[letter]}"

    def row(self, name: str) -> Any:
        """The platform's row as it is now."""
        model = CashReceipt if "/" in name else MODELS[name[0]]
        return model.objects.get(pk=self.rows[name])

    def actor(self, word: str) -> Actor:
        return self.scene.actors[word]

    # --- doing the same on both

    def tell(self, words: str) -> None:
        self.told.append(f"{self.nature.now:%m-%d %H:%M:%S} {words}")

    def both(
        self, words: str, *, allowed: bool, call: Callable[[], Any], then: Callable[[Any], None], mortal: bool = True
    ) -> bool:
        """Both do it, or both refuse it; where the process dies, it has not happened. True where it was done.

        call: what the platform is asked, in one transaction; then: what the books note, given its answer.
        """
        self.tell(words)
        try:
            with self._mortal(mortal):
                answer = call()
        except Died:
            self.tell("  ... and died")
            return False
        except Refusal as refusal:
            self.tell(f"  ... refused: {refusal.code}")
            if allowed:
                raise Difference(f"{words}: the books allow it, and it was refused: {refusal.code}") from refusal
            return False
        if not allowed:
            raise Difference(f"{words}: the books forbid it, and it was done")
        then(answer)
        return True

    @contextmanager
    def _mortal(self, mortal: bool) -> Iterator[None]:
        with self.nature.dying_after(self.fate(0.06) if mortal else 0), transaction.atomic():
            yield

    def fate(self, chance: float) -> int:
        """After how many points the process is to die; 0: not this time."""
        return self.dice.randint(1, 14) if not self.in_peace and self.dice.random() < chance else 0

    @contextmanager
    def mood(self) -> Iterator[str]:
        """How the provider takes the next call."""
        moods = (1, 0, 0) if self.in_peace else (85, 7, 8)
        self.provider.mood = self.dice.choices(("well", "deaf", "silent"), moods)[0]
        try:
            yield self.provider.mood
        finally:
            self.provider.mood = "well"

    # --- choosing

    def one_of(self, names: Any) -> str | None:
        """One of them, or None where there is none."""
        those = list(names)
        return self.dice.choice(those) if those else None

    def came_as_meant(self, payment: str) -> bool:
        """Not in another currency."""
        return payment not in self.kept.get("astray", {})

    def part(self, whole: int) -> int:
        """Some of an amount: mostly all or a part, now and then nothing, too little, or too much."""
        percent = self.dice.choice((100, 100, 100, 50, 33, 10, 75, 101, 150, 0))
        return whole * percent // 100 if percent != 101 else whole + 1

    def wait(self, **time: float) -> None:
        self.nature.pass_time(timedelta(**time))
