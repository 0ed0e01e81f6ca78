"""Reports of mails that came back, as the mail server posts them (RFC 3464); whoever posts shows the key."""

import hmac

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from messaging.bounce import take_report

LARGEST = 1024 * 1024  # bytes; a report returns at most the head of the mail


@login_not_required
@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Take one report as message/rfc822; the answer says how many deliveries it was about."""
    if refused := ratelimit.consume_or_429(request, action="mail_report"):
        return refused
    if not _may_report(request):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return JsonResponse({"error": "A report has at most 1 MB."}, status=413)
    return JsonResponse({"noted": take_report(request.body)})


def _may_report(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    key = settings.MAIL_REPORT_KEY
    return bool(key) and hmac.compare_digest(shown.encode(), key.encode())
