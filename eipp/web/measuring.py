"""Measuring: every answered request is counted with its time; what changes something or fails is a line in the log."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from eipp.kernel import gauges

log = structlog.get_logger()
SLOW = 1.0  # seconds

Respond = Callable[[HttpRequest], HttpResponseBase]


def measured(get_response: Respond) -> Respond:
    """Middleware, just inside `correlation`: its log line carries the request's number, person and organisation."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - began
        route, method = _route(request), request.method or ""
        gauges.note_request(method, route, response.status_code, seconds)
        telling = method not in ("GET", "HEAD", "OPTIONS") or response.status_code >= 500 or seconds > SLOW
        tell = log.info if telling else log.debug
        tell("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))
        return response

    return respond


def _route(request: HttpRequest) -> str:
    """The pattern that answered: it holds no id, no name and no token."""
    match = request.resolver_match
    return f"/{match.route}" if match else "none"
