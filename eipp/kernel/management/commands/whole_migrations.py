"""Write each app's 0001_whole.py anew, so that a new database is made in one step however many steps history took."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.utils import resolve_relation
from django.db.migrations.writer import MigrationWriter

from eipp.kernel.append_only import GuardAgain
from eipp.kernel.together import Together

_WHOLE = "0001_whole"
_SAYS = "All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."


class Command(BaseCommand):
    help = "Write each app's 0001_whole.py anew from the steps beside it."

    def handle(self, *args: Any, **options: Any) -> None:
        loader = MigrationLoader(None, replace_migrations=False)
        steps = {app: _steps(loader, app) for app, name in loader.disk_migrations if name == _WHOLE}
        final = _state_after(loader, steps)
        written = [_write(app, final, steps) for app in steps]
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", *written], check=True)  # noqa: S603
        subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", "--fix", *written], check=True)  # noqa: S603


def _steps(loader: MigrationLoader, app: str) -> list[Migration]:
    """The steps of an app in the order in which they were made, without the whole."""
    names = sorted(name for owner, name in loader.disk_migrations if owner == app and name != _WHOLE)
    return [loader.disk_migrations[app, name] for name in names]


def _state_after(loader: MigrationLoader, steps: Iterable[str]) -> ProjectState:
    """How all models look after all steps."""
    wholes = {(app, _WHOLE) for app in steps}
    leaves = [key for key in loader.graph.leaf_nodes() if key not in wholes]
    return loader.graph.make_state(nodes=leaves)


def _write(app: str, final: ProjectState, steps: Mapping[str, list[Migration]]) -> str:
    models = {key[1]: model for key, model in final.models.items() if key[0] == app}
    needs = {name: {need for owner, need in _needs(model) if owner == app} - {name} for name, model in models.items()}
    told = {
        "initial": True,
        "replaces": [(app, step.name) for step in steps[app]],
        "dependencies": _others(app, steps[app]),
        "operations": [Together([_creation(models[name]) for name in _in_order(needs)]), *_beside_models(steps[app])],
    }
    whole = type("Migration", (Migration,), told)(_WHOLE, app)
    path = Path(apps.get_app_config(app).path) / "migrations" / f"{_WHOLE}.py"
    path.write_text(f'"""{_SAYS}"""\n\n{MigrationWriter(whole, include_header=False).as_string().lstrip()}')
    return str(path)


def _others(app: str, steps: Iterable[Migration]) -> list[tuple[str, str]]:
    """The latest step of each other app that a step waits for: not its whole, which an older database may lack."""
    latest: dict[str, str] = {}
    for owner, name in (need for step in steps for need in step.dependencies):
        if owner != app:
            latest[owner] = max(latest.get(owner, ""), name.replace("__first__", "0000"))
    return sorted((owner, name.replace("0000", "__first__")) for owner, name in latest.items())


def _needs(model: ModelState) -> Iterator[tuple[str, str]]:
    """The models that a model points to, as (app, name)."""
    for field in model.fields.values():
        if field.remote_field:
            owner, name = resolve_relation(field.remote_field.model, model.app_label, model.name)
            yield owner, name


def _in_order(needs: Mapping[str, set[str]]) -> Iterator[str]:
    """Names such that each comes after those it needs; among equals by name, so that the file changes little."""
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from ready
        sorter.done(*ready)


def _creation(model: ModelState) -> CreateModel:
    """Indexes and constraints are part of it: SQLite makes a table anew for each that comes later."""
    return CreateModel(model.name, list(model.fields.items()), model.options, model.bases, model.managers)


def _beside_models(steps: Iterable[Migration]) -> list[Operation]:
    """Triggers and indexes that no model knows, each once."""
    found = {}
    for operation in (operation for step in steps for operation in step.operations):
        if not operation.reduces_to_sql and not isinstance(operation, GuardAgain):
            found[repr(operation.deconstruct())] = operation
    return list(found.values())
