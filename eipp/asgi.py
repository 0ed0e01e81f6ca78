"""What the web server runs: pages and API by the bridge, sockets by Channels."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eipp.settings")
django.setup()

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from eipp.bridge.application import Bridge  # noqa: E402
from messaging.live import websocket_application  # noqa: E402

pages = Bridge(get_wsgi_application(), threads=settings.WEB_THREADS)
application = ProtocolTypeRouter({"http": pages, "websocket": websocket_application})

# What is loaded by now stays: unless the collector is told, it looks at all of it again and again while invoices come
# in bulk, which took a quarter of their time.
assert get_resolver().url_patterns
gc.collect()
gc.freeze()
