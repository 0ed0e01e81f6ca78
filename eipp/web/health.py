"""Health: whether this process lives, whether the parts it needs answer, and the figures that operators watch.

These three addresses are asked by machines, by whatever name of the host they know, and are answered before sessions
and sign-in: they must work when the database does not.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from functools import cache
from typing import ClassVar

import redis
import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from documents.scanner import scanner
from documents.store import store
from eipp.kernel import gauges

log = structlog.get_logger()
BOUND = 3.0  # seconds for all parts together
FRESH = 1.0  # seconds for which an answer is given again, so that asking often costs nothing

Respond = Callable[[HttpRequest], HttpResponseBase]


def answering(get_response: Respond) -> Respond:
    """Middleware: the three addresses, before anything looks at the host's name, the session or the person."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        view = _addresses().get(request.path_info)
        if view is None:
            return get_response(request)
        try:
            return view(request)
        except Http404:
            return HttpResponse(status=404)

    return respond


@login_not_required
@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every part answers, else 503; each by name. `?only=database` asks what pages cannot do without."""
    only = request.GET.get("only", "")
    if only and only not in PARTS:
        raise Http404
    found = _Parts.states((only,) if only else tuple(PARTS))
    ready = all(state == "ok" for state in found.values())
    return JsonResponse({"ready": ready, "parts": found}, status=200 if ready else 503)


@login_not_required
@csrf_exempt
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whom settings name; nobody else learns that there are any."""
    if not gauges.may_read(request.headers.get("Authorization", ""), request.META.get("REMOTE_ADDR", "")):
        raise Http404
    return HttpResponse(gauges.written(), content_type=gauges.CONTENT_TYPE)


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _broker() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()


def _store() -> None:
    store().answer()


def _scanner() -> None:
    if here := scanner():
        here.answer(seconds=2)


PARTS: dict[str, Callable[[], None]] = {"database": _database, "broker": _broker, "store": _store, "scanner": _scanner}


class _Parts:
    """Asks each part in a thread of its own. A part that hangs is not asked again until it has answered."""

    _lock = threading.Lock()
    _pool = ThreadPoolExecutor(len(PARTS), thread_name_prefix="part")
    _asked: ClassVar[dict[str, "Future[None]"]] = {}
    _known: ClassVar[dict[str, tuple[float, str]]] = {}

    @classmethod
    def states(cls, names: Sequence[str]) -> dict[str, str]:
        """`ok` or `away` for each of these parts, not older than a second."""
        with cls._lock:
            stale = [name for name in names if time.monotonic() - cls._known.get(name, (-FRESH, ""))[0] >= FRESH]
            for name in stale:
                if name not in cls._asked:
                    cls._asked[name] = cls._pool.submit(PARTS[name])
            end = time.monotonic() + BOUND
            for name in stale:
                cls._known[name] = (time.monotonic(), cls._state(name, end))
            return {name: cls._known[name][1] for name in names}

    @classmethod
    def _state(cls, name: str, end: float) -> str:
        try:
            cls._asked[name].result(max(end - time.monotonic(), 0))
        except Late:
            log.warning("part.hangs", part=name)
            return "away"
        except Exception as error:  # whatever a part fails with, it is away
            log.warning("part.away", part=name, error=f"{type(error).__name__}: {error}"[:300])
            del cls._asked[name]
            return "away"
        del cls._asked[name]
        return "ok"


@cache
def _addresses() -> dict[str, Callable[[HttpRequest], HttpResponse]]:
    return {reverse(f"web:{view.__name__}"): view for view in (healthz, readyz, metrics)}
