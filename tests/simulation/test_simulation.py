"""Seeded stories of buyers, AR, ERP, provider, bank and clock: ours, the books beside it and the provider agree.

`make test` plays a few, `make test-all` 200, `make prove` 10,000; SEED= and COUNT= choose others.
"""

import os

import pytest

from tests.counts import PROVE
from tests.simulation.running import Stage, fingerprint

FIRST = int(os.environ.get("SEED") or 1)
COUNT = int(os.environ.get("COUNT") or (10_000 if PROVE else 200))
QUICK, PARTS = 3, 20


def test_a_few_stories_come_out_as_the_books_say(stage: Stage) -> None:
    for seed in range(QUICK):
        stage.run(-seed)


@pytest.mark.long
def test_a_seed_tells_the_same_story_again(stage: Stage) -> None:
    assert fingerprint(stage.run(FIRST)) == fingerprint(stage.run(FIRST))


@pytest.mark.long
@pytest.mark.parametrize("part", range(min(PARTS, COUNT)))
def test_stories_come_out_as_the_books_say(stage: Stage, part: int) -> None:
    """In parts, so that every core has some."""
    for seed in range(FIRST + part, FIRST + COUNT, min(PARTS, COUNT)):
        stage.run(seed)
