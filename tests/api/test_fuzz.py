"""Whatever the description allows and forbids, sent by every role: never a 5xx, never an undocumented answer."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.api.cast import Caller, Cast
from tests.api.test_walls import Scene
from tests.counts import rounds

DESCRIPTION = Path(__file__).parents[2] / "docs" / "openapi.yaml"
HERE = "http://testserver"


@schemathesis.serializer("application/x-ndjson")
def lines(context: Any, value: Any) -> bytes:
    """What is generated for a body of lines is a text; whether it holds any is ours to find out."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@cache
def operations() -> dict[str, Any]:
    found: Any = schemathesis.openapi.from_path(DESCRIPTION).get_all_operations()
    return {operation.label: operation for operation in (one.ok() for one in found)}


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
@pytest.mark.long
def test_nothing_answers_500_or_what_is_not_described(method: str, cast: Cast) -> None:
    scene = Scene.make(cast)
    callers = [cast.erp, cast.payer, cast.stranger, cast.other_supplier, Caller()]
    ids = [*scene.ids.values(), "0199d0a0-0000-7000-8000-000000000000"]
    for label, operation in operations().items():
        if label.startswith(method):
            send_many(operation, st.sampled_from(callers), st.sampled_from(ids))


def send_many(operation: Any, callers: Any, ids: Any) -> None:
    described = {int(status) for status in operation.definition.raw["responses"]} - {500}
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])

    @seed(7)
    @settings(max_examples=rounds(100), database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=cases, caller=callers, id=ids)
    def send(case: Any, caller: Caller, id: str) -> None:
        if "id" in case.path_parameters:
            case.path_parameters["id"] = id
        response = answer(case, caller)
        assert response.status_code in described, (case.as_curl_command(), response.content)

    send()


def answer(case: Any, caller: Caller) -> Any:
    """Send a generated case with this caller's key, as the wire would carry it."""
    given: Any = requests.Request(**case.as_transport_kwargs(base_url=HERE)).prepare()
    body = given.body.encode() if isinstance(given.body, str) else given.body or b""
    headers = {name: str(value) for name, value in given.headers.items() if name not in ("Authorization", "Cookie")}
    if caller.key:
        headers["Authorization"] = f"Bearer {caller.key}"
    kind = headers.pop("Content-Type", "")
    return caller.client.generic(given.method, given.url.removeprefix(HERE), body, kind, headers=headers)
