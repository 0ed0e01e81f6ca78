"""The scene of the walls, in the world with all its histories."""

from collections.abc import Callable

import pytest

from tests.walls.scene import Scene
from tests.world import World


@pytest.fixture
def scene(full_world: World, settle: Callable[[], None]) -> Scene:
    """Everything has happened and been told."""
    scene = Scene.make(full_world)
    settle()
    return scene
