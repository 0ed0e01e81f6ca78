"""What Django tells of a sign-in, heard in this one file: a session has begun, whichever way led to it."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from eipp.accounts.person import Person
from eipp.accounts.second_factor import SIGNED_IN_AT
from eipp.kernel import clock
from eipp.web.middleware import ORGANISATION
from eipp.web.seen import note_seen


def session_began(request: HttpRequest, user: Any, **_: Any) -> None:
    """Remember when; and act for the organisation that was chosen last."""
    if not isinstance(user, Person):
        return
    request.session[SIGNED_IN_AT] = clock.now().timestamp()
    if user.acts_for:
        request.session.setdefault(ORGANISATION, str(user.acts_for))
    if not request.session.session_key:
        request.session.save()
    note_seen(request, user)


user_logged_in.connect(session_began, dispatch_uid="eipp.session_began")
