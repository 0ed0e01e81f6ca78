"""A small site behind the bridge, with pages that show what reaches a view and what happens to its answer."""

import hashlib
from collections.abc import Iterator
from contextvars import ContextVar
from io import BytesIO

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path, re_path

from eipp.bridge.application import Bridge

if not settings.configured:
    settings.configure(
        SECRET_KEY="tests", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], DATA_UPLOAD_MAX_MEMORY_SIZE=None
    )
    django.setup()

BIG = 20_000_000
closed: list[str] = []
left_behind: ContextVar[str] = ContextVar("left_behind", default="nothing")


class WatchedFile(BytesIO):
    """Says when it was closed."""

    def close(self) -> None:
        closed.append("file")
        super().close()


def seen(request: HttpRequest) -> HttpResponse:
    """What the view sees of its request."""
    names = ("REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL")
    return JsonResponse(
        {
            **{name: request.META[name] for name in names},
            "method": request.method,
            "path": request.path,
            "headers": dict(request.headers),
            "cookies": request.COOKIES,
        }
    )


def digest(request: HttpRequest) -> HttpResponse:
    """Length and hash of the body."""
    body = request.body
    return JsonResponse({"length": len(body), "sha256": hashlib.sha256(body).hexdigest()})


def big_file(request: HttpRequest) -> FileResponse:
    """Twenty megabytes; its closing is on record."""
    return FileResponse(WatchedFile(bytes(BIG)), filename="big.bin")


def small_file(request: HttpRequest) -> FileResponse:
    """A file that fits into one piece."""
    return FileResponse(BytesIO(b"small"), filename="small.txt")


def breaking(request: HttpRequest) -> StreamingHttpResponse:
    """Breaks off in the middle of its answer."""

    def parts() -> Iterator[bytes]:
        yield bytes(200_000)
        raise RuntimeError("the source of this stream broke")

    return StreamingHttpResponse(parts())


def failing(request: HttpRequest) -> HttpResponse:
    """A view with a fault."""
    raise RuntimeError("a fault")


def closings(request: HttpRequest) -> HttpResponse:
    """Which streams were closed so far."""
    return JsonResponse({"closed": closed})


def context(request: HttpRequest) -> HttpResponse:
    """What the request before left behind, and leaves something itself."""
    found = left_behind.get()
    left_behind.set("a trace")
    return HttpResponse(found)


urlpatterns = [
    path("digest", digest),
    path("big", big_file),
    path("small", small_file),
    path("breaking", breaking),
    path("failing", failing),
    path("closings", closings),
    path("context", context),
    re_path(r"^seen", seen),
]
application = Bridge(get_wsgi_application(), threads=2, streams=4)
