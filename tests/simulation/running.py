"""Running stories: which acts there are and how often they happen; a story from its seed; what to say of a bad one."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from eipp.kernel import relays
from eipp.ledger.verify import verify
from tests.simulation import bank, buyer, erp, money, plans, program, receivables, standing
from tests.simulation.checks import check, check_chains, check_gateway
from tests.simulation.nature import Nature
from tests.simulation.provider import THE_PROVIDER
from tests.simulation.story import Difference, Scene, Story

#: How often each act is chosen, of them all.
ACTS: tuple[tuple[int, Callable[[Story], bool]], ...] = (
    (5, erp.posts), (1, erp.repeats), (3, erp.credits), (2, erp.withdraws), (4, erp.books_money),
    (2, erp.takes_money_back),
    (14, buyer.pays), (5, buyer.clicks_again), (3, buyer.cancels), (7, buyer.disputes), (2, buyer.gives_in),
    (2, buyer.insists), (2, buyer.agrees),
    (2, receivables.takes), (4, receivables.accepts), (3, receivables.declines), (2, receivables.proposes),
    (7, receivables.applies), (3, receivables.undoes), (3, receivables.assigns), (5, receivables.refunds),
    (14, money.payer_acts), (5, money.bank_acts), (4, money.bank_takes_refunds), (9, money.calls_back),
    (10, money.looks), (5, money.time_passes),
    (4, bank.sends_a_statement), (6, bank.applies_statements),
    (3, program.posts), (2, program.credits), (6, program.pays),
    (6, plans.plans), (1, plans.drops), (2, plans.reviews), (6, plans.come),
    (8, standing.sets_up), (10, standing.runs),
)  # fmt: skip
SHORTEST, LONGEST = 5, 20
EACH_ACT = bool(os.environ.get("CHECK"))  # compare after each act, to see which one it was


@dataclass
class Stage:
    """What all stories of a run share."""

    scene: Scene
    nature: Nature

    def run(self, seed: int) -> Story:
        """Play the story of a seed and take back what it did. Raises Difference, naming how to replay it."""
        self.nature.begin()
        THE_PROVIDER.__init__()  # type: ignore[misc]
        story = Story(seed, self.scene, self.nature, THE_PROVIDER)
        try:
            with transaction.atomic():
                play(story)
                transaction.set_rollback(True)
        except AssertionError as error:
            raise Difference(_told(story, error)) from error
        except Exception as error:
            raise Difference(_told(story, f"{type(error).__name__}: {error}")) from error
        return story


def play(story: Story) -> None:
    erp.begins(story)
    acts, weights = [act for _, act in ACTS], [weight for weight, _ in ACTS]
    for number in range(story.dice.randint(SHORTEST, LONGEST)):
        story.wait(seconds=story.dice.randint(0, 20))
        for act in story.dice.choices(acts, weights, k=3):
            if act(story):
                break
        if EACH_ACT or number % 8 == 7:
            check(story, last=EACH_ACT)
    bank.applies_statements(story)
    check(story, last=True)
    money.settles_down(story)
    check(story, last=True)
    check_gateway(story)
    if story.seed % 5 == 0:
        check_chains(story)
    if story.seed % 25 == 0:
        check_record(story)


def check_record(story: Story) -> None:
    """The worker seals and tells everything, and the record's chain is whole."""
    while relays.run_once():
        pass
    if found := list(verify()):
        raise Difference("; ".join(found))


def fingerprint(story: Story) -> str:
    """Of all that happened and came of it: the same for the same seed, whichever machine and day."""
    last = [repr(story.books), *sorted(f"{name} {pk}" for name, pk in story.rows.items())]
    return hashlib.sha256("\n".join([*story.told, *last]).encode()).hexdigest()


def _told(story: Story, error: object) -> str:
    lines = [f"seed {story.seed}: {error}", *story.told[-40:], f"Replay it: make prove SEED={story.seed} COUNT=1"]
    return "\n".join(lines)
