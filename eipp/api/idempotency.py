"""Idempotency: a POST with an `Idempotency-Key` is done once; whoever repeats it gets the answer that was given.

The answer is stored in the transaction of the change (`atomic`), so that there is never one without the other. Where a
change spans transactions - a payment asks a gateway in between - the domain takes the key itself.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
from django.db import IntegrityError, models, transaction
from django.http import HttpResponse
from rest_framework.response import Response

from eipp.api import problems
from eipp.kernel import clock
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope

LEASE = timedelta(seconds=60)  # a request that takes longer is taken for dead
KEPT = timedelta(days=7)
_KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")
_HEADERS = ("Location", "Content-Type", "Preference-Applied")


class IdempotencyKey(Entity):
    """One key of one organisation at one address: what was asked (as a hash), and what was answered."""

    organisation_id = models.UUIDField()
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64)
    holder = models.UUIDField()
    leased_until = models.DateTimeField()
    created_at = models.DateTimeField(db_index=True)
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    answer = models.TextField(default="")
    scope = Scope(supplier="organisation_id", buyer="organisation_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation_id", "route", "key"), name="idempotency_key_once"),
        )

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


def once(request: Any, act: Callable[[], Any], *, required: bool, atomic: bool) -> Any:
    """Do the request, unless its key was used: then give the answer of that time."""
    key = key_of(request, required=required) if request.auth else None
    if key is None:
        return act()
    row = _claim(request, key)
    if row.status is not None:
        return _replay(row)
    try:
        return _do(row, act, request, atomic=atomic)
    except BaseException:
        _release(row)
        raise


def key_of(request: Any, *, required: bool) -> str | None:
    """The request's key, None without one; raises Refusal 400 if it is required or not a key."""
    key: str | None = request.headers.get("Idempotency-Key")
    if key is None and required:
        raise Refusal(
            "idempotency_key_required",
            "Money moves here: send an Idempotency-Key of your own, such as a UUID, and repeat it when you try again.",
            status=400,
        )
    if key is not None and not _KEY.fullmatch(key):
        raise Refusal(
            "invalid_idempotency_key", "An Idempotency-Key has 1 to 255 printable ASCII characters.", status=400
        )
    return key


def purge() -> int:
    """Forget keys after seven days; how many."""
    return IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]


def _claim(request: Any, key: str) -> IdempotencyKey:
    now, asked = clock.now(), _asked(request)
    row = IdempotencyKey(
        organisation_id=request.auth.organisation_id, route=request.path[:200], key=key, asked=asked,
        holder=uuid4(), leased_until=now + LEASE, created_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _known(row)
    return row


def _known(mine: IdempotencyKey) -> IdempotencyKey:
    row = IdempotencyKey.objects.filter(organisation_id=mine.organisation_id, route=mine.route, key=mine.key).first()
    if row is None:  # released this very moment
        raise _in_flight(1)
    if row.asked != mine.asked:
        raise Refusal(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request: take a new one for each thing to be done.",
            status=422,
        )
    if row.status is not None:
        return row
    taken = IdempotencyKey.objects.filter(pk=row.pk, status=None, leased_until__lt=mine.created_at)
    if not taken.update(holder=mine.holder, leased_until=mine.leased_until):
        raise _in_flight(max(1, min(5, int((row.leased_until - mine.created_at).total_seconds()))))
    row.holder = mine.holder
    return row


def _do(row: IdempotencyKey, act: Callable[[], Any], request: Any, *, atomic: bool) -> Any:
    try:
        if not atomic:
            response = act()
        else:
            with transaction.atomic():
                response = act()
                _keep(row, response)
                return response
    except Exception as error:
        refused = problems.answer(error, request)
        if refused is None or refused.has_header("Retry-After"):
            raise
        response = refused
    _keep(row, response)
    return response


def _keep(row: IdempotencyKey, response: Any) -> None:
    headers = {name: response[name] for name in _HEADERS if response.has_header(name)}
    content = response.content if not isinstance(response, Response) else msgspec.json.encode(response.data)
    if isinstance(response, Response):  # not rendered yet
        headers["Content-Type"] = "application/json"
    mine = IdempotencyKey.objects.filter(pk=row.pk, holder=row.holder, status=None)
    kept = mine.update(status=response.status_code, answer=content.decode(), headers=headers)
    if not kept:  # too slow: another took the lease over, and its answer is the one that counts
        raise _in_flight(1)


def _release(row: IdempotencyKey) -> None:
    IdempotencyKey.objects.filter(pk=row.pk, holder=row.holder, status=None).delete()


def _replay(row: IdempotencyKey) -> HttpResponse:
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(row.answer.encode(), status=row.status, headers=headers)


def _asked(request: Any) -> str:
    """What makes a request the same: who asks (all keys of an organisation are one ERP), where, and every byte."""
    caller = request.auth.person_id or "key"
    parts = [str(caller), request.method, request.get_full_path(), request.headers.get("External-Id", "")]
    head = "\n".join([*parts, request.content_type or ""]).encode()
    return hashlib.sha256(head + b"\n\n" + request._request.body).hexdigest()


def _in_flight(seconds: int) -> Refusal:
    return Refusal(
        "in_flight",
        "The same request is being done at this moment: ask again shortly for its answer.",
        status=409,
        retry_after=seconds,
    )
