"""The baseline of fan_out: a consumer as Channels' tutorial writes it, over the layer that Channels recommends."""

import os

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench",
        INSTALLED_APPS=["channels"],
        LOGGING_CONFIG=None,
        CHANNEL_LAYERS={
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [os.environ["EIPP_REDIS_URL"]]},
            }
        },
    )
    django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer

GROUP = "room"


class Consumer(AsyncWebsocketConsumer):
    """Joins the group when it opens, and hands on what the group is told."""

    groups = [GROUP]

    async def told(self, event: dict[str, str]) -> None:
        """One of the group's messages."""
        await self.send(text_data=event["text"])


application = Consumer.as_asgi()
