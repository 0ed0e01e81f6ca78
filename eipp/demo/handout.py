"""The handout: `demo.json` in the data folder, with everybody's user name, password and API key."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from eipp.demo import cast
from eipp.demo.world import World

_NAMES = {company.word: company.name for company in cast.COMPANIES}


def path() -> Path:
    return Path(settings.DATA) / "demo.json"


def read() -> dict[str, Any] | None:
    """What was handed out; None where there is no file, or one that is not ours."""
    try:
        handout = json.loads(path().read_text())
        return handout if {"base_url", "people", "api_keys"} <= set(handout) else None
    except (OSError, ValueError, TypeError):
        return None


def write(world: World) -> None:
    """Hand out what a newly built world gave to its people and programs."""
    people = [
        {
            "name": player.name, "organisation": _NAMES[player.company], "roles": list(player.roles),
            "username": player.word, "email": world.people[player.word].email, "password": world.passwords[player.word],
        }
        for player in cast.PEOPLE
    ]  # fmt: skip
    keys = [
        {"organisation": _NAMES[program.company], "key": world.keys[program.company], "scopes": list(program.scopes)}
        for program in cast.PROGRAMS
    ]
    _save({"base_url": settings.BASE_URL, "people": people, "api_keys": keys})


def follow_address() -> None:
    """The platform may be reached under another address than at the start before."""
    handout = read()
    if handout and handout["base_url"] != settings.BASE_URL:
        _save({**handout, "base_url": settings.BASE_URL})


def key_of(company: str) -> str:
    """A company's API key, empty when it is not known here."""
    keys = (read() or {"api_keys": []})["api_keys"]
    return next((row["key"] for row in keys if row.get("organisation") == _NAMES[company]), "")


def passwords() -> dict[str, str]:
    """The passwords by user name."""
    return {row["username"]: row["password"] for row in (read() or {"people": []})["people"]}


def _save(handout: dict[str, Any]) -> None:
    """Whole or not at all, and readable by nobody else from its first byte on."""
    descriptor, draft = tempfile.mkstemp(dir=path().parent, prefix="demo-", suffix=".json")
    with os.fdopen(descriptor, "w") as file:
        json.dump(handout, file, indent=2, ensure_ascii=False)
        file.write("\n")
    Path(draft).replace(path())
