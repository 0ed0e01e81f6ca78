"""The theme a reader chose, kept in a cookie: the page comes in the right colours at once, with and without scripts."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "theme"
THEMES = ("light", "dark", "system")
YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme and go back to where one was; an unknown theme is the system's."""
    theme = request.POST.get("theme", "")
    response = HttpResponseRedirect(_back(request))
    remember_theme(response, theme)
    return response


def remember_theme(response: HttpResponse, theme: str) -> None:
    """Let the browser keep a theme; an unknown one is the system's."""
    known = theme if theme in THEMES else "system"
    response.set_cookie(COOKIE, known, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else "/"
