"""The two buttons of the example world: one day further, and all from the beginning."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from eipp.demo import day
from eipp.kernel.refusal import Refusal


@require_POST
def tomorrow(request: HttpRequest) -> HttpResponse:
    """It is tomorrow, and one is on the same page."""
    return _moved(request, day.tomorrow, _("It is a day later. What depends on the day follows in a moment."))


@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Back to the first day with the first data; everybody is signed out, since everybody is made anew."""
    return _moved(request, day.ask_to_begin_anew, "")


def _moved(request: HttpRequest, move: Callable[[], None], said: str) -> HttpResponse:
    try:
        move()
    except Refusal as refusal:
        if refusal.status == 404:
            raise Http404 from None
        messages.error(request, refusal.sentence)
    else:
        if said:
            messages.success(request, said)
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page one came from, when it is one of ours."""
    page = request.POST.get("page", "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/") else "/"
