"""The baseline of `bench.posting` as a site of its own, without any middleware, behind the same server as ours."""

import gc
import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eipp.settings")
django.setup()
settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402

from bench.posting_rows import Invoices  # noqa: E402
from eipp.bridge.application import Bridge  # noqa: E402

urlpatterns = [path("invoices", Invoices.as_view())]
application = Bridge(get_wsgi_application(), threads=settings.WEB_THREADS)
gc.collect()
gc.freeze()
