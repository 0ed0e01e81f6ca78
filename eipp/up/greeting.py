"""What the terminal shows once everything runs."""

import json
from pathlib import Path


def greeting(base_url: str, demo: Path, seconds: float) -> str:
    """The address, how to sign in, and how to stop."""
    lines = [f"Ready in {seconds:.1f} s: {base_url}", ""]
    if demo.exists():
        lines += [*_people(json.loads(demo.read_text())["people"]), ""]
    return "\n".join([*lines, "Ctrl-C stops everything; the data stays for the next start."])


def _people(people: list[dict[str, str]]) -> list[str]:
    rows = [("user name", "password", "who")]
    rows += [(one["username"], one["password"], f"{one['name']}, {one['organisation']}") for one in people]
    name, password = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [f"  {row[0]:<{name}}  {row[1]:<{password}}  {row[2]}" for row in rows]
