"""Our own source, as the tests of its shape read it."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("eipp/", "workflows/", "messaging/", "documents/")
#: Where nobody is an actor yet: who signs in is looked up among all.
SIGN_IN = ("eipp/web/sign_in/",)
FACES = ("eipp/portal/", "eipp/desk/", "eipp/api/", "eipp/web/")


def files(*suffixes: str) -> list[str]:
    """Every file that belongs to the project, by its path from the root; migrations are made, not written."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    paths = listing.stdout.decode().splitlines()
    return [path for path in paths if path.endswith(suffixes) and "/migrations/" not in path and (ROOT / path).exists()]


def modules(*folders: str, but: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.Module]]:
    """Python files in these folders (but not in those), with their syntax trees."""
    for path in files(".py"):
        if path.startswith(folders) and not path.startswith(but):
            yield path, ast.parse((ROOT / path).read_text(), path)
