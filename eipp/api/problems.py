"""Problems: every error answer under `/api/` is a problem document (RFC 9457) with a code and a sentence."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from rest_framework import exceptions

from eipp.kernel.refusal import Refusal

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
_INDEX = re.compile(r"\[(\d+)\]")


class Fault(msgspec.Struct, omit_defaults=True):
    """One thing that is wrong: where in the body (a JSON pointer and the same as a path), or which parameter."""

    code: str
    message: str
    field: str = ""
    pointer: str = ""
    parameter: str = ""


class Problem(msgspec.Struct):
    """Why a request was not done. `code` is stable and for programs, `detail` is a sentence for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: list[Fault] = []


def answer(error: Exception, request: Any) -> HttpResponse | None:
    """The problem that stands for an exception; None for a fault of ours."""
    refusal = _refusal(error)
    if refusal is None:
        return None
    return respond(refusal, request, headers=_headers(error))


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's exception handler. A fault of ours is logged and told to Django's signal before it is answered by 500."""
    request = context["request"]
    response = answer(error, request)
    if response is not None:
        return response
    log.exception("api.failed", path=request.path, request_id=request_id(request))
    got_request_exception.send(sender=None, request=request)
    return respond(_FAILED, request)


def respond(refusal: Refusal, request: Any, *, headers: dict[str, str] | None = None) -> HttpResponse:
    """The answer that carries a refusal."""
    problem = Problem(
        type=f"urn:eipp:problem:{refusal.code}",
        title=refusal.code.replace("_", " ").capitalize(),
        status=refusal.status,
        code=refusal.code,
        detail=refusal.sentence,
        instance=request.path,
        request_id=request_id(request),
        errors=faults_of(refusal),
    )
    headers = dict(headers or {})
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return HttpResponse(msgspec.json.encode(problem), status=refusal.status, content_type=MEDIA_TYPE, headers=headers)


def faults_of(refusal: Refusal) -> list[Fault]:
    """Everything that a refusal names as wrong."""
    return [_fault(error, refusal) for error in refusal.errors]


def request_id(request: Any) -> str:
    """The request's number, which stands in the log, in its events and in X-Request-ID."""
    return getattr(getattr(request, "_request", request), "correlation_id", "")


def pointer(field: str) -> str:
    """A path such as `lines[0].unit_price` as a JSON pointer: `/lines/0/unit_price`."""
    parts = _INDEX.sub(r".\1", field).split(".")
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts if part)


def nowhere(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """The answer at an address under `/api/` where nothing is."""
    return respond(_refusal(Http404()) or _FAILED, request)


def everywhere(get_response: Any) -> Any:
    """Middleware: what is refused before a view is reached, such as a wrong host, is a problem document as well."""

    def respond_with_problem(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        kind = response.get("Content-Type", "")
        if not request.path.startswith("/api/") or response.status_code < 400 or kind == MEDIA_TYPE:
            return response
        phrase = HTTPStatus(response.status_code)
        code = phrase.phrase.lower().replace(" ", "_").replace("-", "_")
        return respond(Refusal(code, phrase.description or phrase.phrase, status=response.status_code), request)

    return respond_with_problem


def _refusal(error: Exception) -> Refusal | None:
    match error:
        case Refusal():
            return error
        case Http404() | ObjectDoesNotExist():
            return Refusal("not_found", "There is nothing here that you can see.", status=404)
        case RequestDataTooBig():
            return Refusal("too_large", "The request is larger than this service takes.", status=413)
        case UnreadablePostError():
            return Refusal("truncated", "The request broke off before its end.", status=400)
        case PermissionDenied():
            return Refusal("forbidden", "You may not do this.", status=403)
        case SuspiciousOperation():
            return Refusal("bad_request", "The request is not well formed.", status=400)
        case exceptions.APIException():
            return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Refusal:
    code = {415: "unsupported_media_type", 429: "too_many_requests"}.get(error.status_code) or str(error.default_code)
    wait = getattr(error, "wait", None)
    sentence = str(error.detail) if isinstance(error.detail, str) else HTTPStatus(error.status_code).description
    return Refusal(
        code, sentence, status=error.status_code, retry_after=None if wait is None else max(1, int(wait + 0.999))
    )


def _headers(error: Exception) -> dict[str, str]:
    challenge = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": challenge} if challenge else {}


def _fault(error: dict[str, Any], refusal: Refusal) -> Fault:
    field = str(error.get("field") or "")
    code = str(error.get("code") or error.get("rule") or refusal.code)
    message = str(error.get("message") or refusal.sentence)
    if field.startswith("?"):
        return Fault(code, message, parameter=field[1:])
    return Fault(code, message, field=field, pointer=pointer(field))


_FAILED = Refusal(
    "internal_error", "Something went wrong on our side; it has been noted. Try again in a moment.", status=500
)
