"""One view, served twice: by the bridge and by Django's own ASGI handler."""

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from eipp.bridge.application import Bridge

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], LOGGING_CONFIG=None
    )
    django.setup()


def hello(request: HttpRequest) -> HttpResponse:
    """As plain as a request can be."""
    return HttpResponse(b"hello", headers={"Content-Length": "5"})


urlpatterns = [path("", hello)]
ours = Bridge(get_wsgi_application(), threads=8)
baseline = get_asgi_application()
