"""The ledger's world as a fixture."""

import pytest

from tests.ledger.world import World


@pytest.fixture
def world(db: None) -> World:
    return World.make()
