"""Middleware of the example world alone: requests follow its clock, and wait outside while it begins anew."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string

from eipp.demo import day
from eipp.kernel import clock

Respond = Callable[[HttpRequest], HttpResponseBase]
RETRY = "2"  # seconds
OUTSIDE = ("/healthz", "/readyz", "/metrics")


def follow_the_day(get_response: Respond) -> Respond:
    """Read at most once a second by how much the clock is ahead, and whether the world is being made anew."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        clock.follow()
        seconds = day.seconds_since_asked()
        if seconds is None or request.path.startswith((settings.STATIC_URL, *OUTSIDE)):
            return get_response(request)
        return _wait(request, seconds)

    return respond


def _wait(request: HttpRequest, seconds: float) -> HttpResponse:
    """Nobody reads or writes a world that is about to go: a page that comes back by itself, or a problem to retry."""
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "The example world begins anew.", "status": 503,
                   "code": "begins_anew", "detail": "Try again in a moment."}  # fmt: skip
        return JsonResponse(problem, status=503, headers={"Retry-After": RETRY},
                            content_type="application/problem+json")  # fmt: skip
    shown = {"seconds": round(seconds), "usual": day.USUAL_SECONDS, "most": max(day.USUAL_SECONDS, round(seconds) + 2)}
    content = render_to_string("demo/anew.html", shown)
    to = request.path if request.method == "GET" else "/"
    waits = HttpResponse(content, status=503, headers={"Retry-After": RETRY, "Refresh": f"{RETRY}; url={to}",
                                                      "Cache-Control": "no-store"})  # fmt: skip
    waits._has_been_logged = True  # type: ignore[attr-defined]  # as Django marks it: nothing went wrong here
    return waits
