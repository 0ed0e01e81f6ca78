"""What the web server runs: pages and API by the bridge, sockets by Channels."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eipp.settings")
django.setup()

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from eipp.bridge.application import Bridge  # noqa: E402
from messaging.live import websocket_application  # noqa: E402

pages = Bridge(get_wsgi_application(), threads=settings.WEB_THREADS)
application = ProtocolTypeRouter({"http": pages, "websocket": websocket_application})
