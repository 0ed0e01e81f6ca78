"""Refusal: the one way to say no: a sentence for people, a stable code for programs."""

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):
    """A request that is understood and refused; nothing was changed.

    code: stable, snake_case; sentence: what is wrong and what to do next; status: the HTTP status it stands for
    (403 not your role, 409 not now, 422 not this content); field: where, as a path; errors: several faults at once,
    each with `field`, `code` and `message`; retry_after: seconds until it is worth trying again.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        status: int = 409,
        field: str | None = None,
        errors: Sequence[dict[str, Any]] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.status = status
        self.field = field
        self.errors = list(errors) or ([{"field": field, "code": code, "message": sentence}] if field else [])
        self.retry_after = retry_after
