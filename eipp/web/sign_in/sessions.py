"""Sessions: where one is signed in, and signing out there, or everywhere."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView

from eipp.accounts import session
from eipp.web.middleware import ActingRequest
from eipp.web.sign_in.dress import Inside


class Sessions(Inside, TemplateView):
    """`move` says what to do: `end` one (named by `session`), `others`, or `all`, which ends this one too."""

    request: ActingRequest
    template_name = "account/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = session.open_sessions(self.request.user, current=self._own)
        return {**super().get_context_data(**kwargs), "sessions": found, "several": len(found) > 1}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deeds = {"end": self._end, "others": self._end_others, "all": self._end_all}
        move = request.POST.get("move", "")
        if move not in deeds:
            raise Http404
        return deeds[move]()

    def _end(self) -> HttpResponse:
        try:
            chosen = UUID(self.request.POST.get("session", ""))
        except ValueError:
            raise Http404 from None
        ended = session.end_session(self.request.user, chosen, request_id=self.request.correlation_id)
        if not ended:
            raise Http404
        if ended == self._own:
            return self._out()
        messages.success(self.request, "That session is signed out.")
        return HttpResponseRedirect(self.request.path)

    def _end_others(self) -> HttpResponse:
        session.end_sessions(self.request.user, but=self._own, request_id=self.request.correlation_id)
        messages.success(self.request, "You are signed out everywhere else.")
        return HttpResponseRedirect(self.request.path)

    def _end_all(self) -> HttpResponse:
        session.end_sessions(self.request.user, request_id=self.request.correlation_id)
        return self._out()

    def _out(self) -> HttpResponse:
        """The row is gone already; what this request still holds of it is not to be written again."""
        self.request.session.flush()
        return HttpResponseRedirect(reverse("account_login"))

    @property
    def _own(self) -> str:
        return self.request.session.session_key or ""
