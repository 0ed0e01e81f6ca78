"""The cast of this floor's tests."""

import pytest

from tests.messaging.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.make()
