"""A client writes only what it may write: every field of every model, posted everywhere, changes no other column."""

from random import Random
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest
from django.apps import apps
from django.db import models

from eipp.api.urls import version_1
from tests.api.cast import Cast
from tests.api.test_walls import Scene, ask, bodies
from tests.counts import rounds

OURS = {"accounts", "ledger", "workflows", "messaging", "documents"}


def written_to() -> list[tuple[Any, str, Any]]:
    """Each address that is written to, by which method, and the struct of what may be written there."""
    found = [
        (pattern, name, getattr(pattern.callback.view_class, name, None))  # type: ignore[attr-defined]
        for pattern in version_1
        for name in ("post", "patch")
    ]
    return [(pattern, name, method.operation.body) for pattern, name, method in found if hasattr(method, "operation")]


def every_field() -> dict[str, Any]:
    """A value for each column of each model of ours."""
    values: dict[str, Any] = {"pk": str(UUID(int=1)), "_state": {}, "__class__": "x"}
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.get_fields():
                values[field.name] = values[getattr(field, "attname", field.name)] = _value(field)
    return values


def _value(field: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return True
    return 1 if isinstance(field, models.IntegerField) else "x"


@pytest.mark.long
def test_every_field_that_is_not_declared_is_refused_everywhere(cast: Cast) -> None:
    scene = Scene.make(cast)
    before, extra = snapshot(), every_field()
    assert len(extra) > 150
    chance = Random(2)
    for pattern, method, struct in written_to():
        declared = {field.encode_name for field in msgspec.structs.fields(struct)} if struct else set()
        foreign = sorted(extra.keys() - declared)
        entitled = bodies(scene).get(pattern.name) or {}
        one_by_one = [{name: extra[name]} for name in chance.sample(foreign, rounds(len(foreign) // 2))]
        for more in [{name: extra[name] for name in foreign}, *one_by_one]:
            for caller in (cast.payer, cast.erp):
                response = ask(caller, method, scene.address(pattern), {**entitled, **more})
                assert response.status_code >= 400, (pattern.name, more)
    assert snapshot() == before


def test_no_struct_of_what_clients_write_takes_unknown_fields() -> None:
    """The whole tree below each body, so that the sample above speaks for every field at every depth."""
    structs = {part for _, _, struct in written_to() if struct for part in _below(struct)}
    assert {struct.__name__ for struct in structs} >= {"NewInvoice", "WrittenLine", "NewShare", "AccountChange"}
    assert not [struct for struct in structs if not struct.__struct_config__.forbid_unknown_fields]


def _below(kind: Any) -> set[Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {kind}.union(*(_below(field.type) for field in msgspec.structs.fields(kind)))
    return set().union(*(_below(part) for part in get_args(kind)))


def snapshot() -> dict[str, list[Any]]:
    rows = [model for model in apps.get_models() if model._meta.app_label in OURS and model.__name__ != "ApiKey"]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in rows}


def test_a_declared_field_is_taken_so_that_the_test_above_can_fail(cast: Cast) -> None:
    scene = Scene.make(cast)
    before = snapshot()
    assert cast.payer.post(f"threads/{scene.ids['thread']}/messages", {"body": "x"}).status_code == 201
    assert snapshot() != before


@pytest.mark.parametrize("field", ["author_id", "sequence", "said_at"])
def test_a_message_is_signed_by_who_sends_it(cast: Cast, field: str) -> None:
    scene = Scene.make(cast)
    path = f"threads/{scene.ids['thread']}/messages"
    assert cast.payer.post(path, {"body": "x", field: str(cast.account.pk)}).json()["code"] == "unknown_field"
