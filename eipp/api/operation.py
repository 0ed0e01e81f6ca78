"""Operation: what an API action takes, gives and needs, said once on its line: checked by the view, told by OpenAPI."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from eipp.api import idempotency

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """right: what the caller's roles or scopes must give; answers: the struct by status; body, query: structs of what
    a client may write; downloads: further media types of the answer, as bytes; refuses: statuses beside the usual
    ones; money: needs an Idempotency-Key; atomic: the answer is kept in the transaction of the change; secret: the
    answer holds one, so it is kept nowhere, and an Idempotency-Key does nothing."""

    summary: str
    right: str
    answers: dict[int, Any]
    tag: str
    body: Any = None
    query: Any = None
    media: dict[str, Any] = field(default_factory=dict)
    produces: str = JSON
    downloads: tuple[str, ...] = ()
    refuses: tuple[int, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    example: Any = None
    money: bool = False
    atomic: bool = True
    secret: bool = False
    description: str = ""


def operation(summary: str, *, right: str, answers: dict[int, Any], tag: str, **told: Any) -> Callable[[Any], Any]:
    """Declare a view's method; every POST with an Idempotency-Key is then done once."""

    def declare(function: Any) -> Any:
        declared = Operation(summary, right, answers, tag, description=function.__doc__ or "", **told)
        if function.__name__ != "post" or declared.secret:
            function.operation = declared
            return function

        @wraps(function)
        def once(view: Any, request: Any, **path: Any) -> Any:
            return idempotency.once(
                request, lambda: function(view, request, **path), required=declared.money, atomic=declared.atomic
            )

        once.operation = declared  # type: ignore[attr-defined]
        return once

    return declare
