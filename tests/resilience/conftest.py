"""What every story of this chapter begins with: a world with real commits, and a house to run it in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resilience.house import House, house


@pytest.fixture(name="house")
def _house(transactional_db: None, tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as standing:
        yield standing
