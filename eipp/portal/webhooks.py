"""The buyer's own addresses that are called with each event."""

from eipp.web import webhooks


class WebhooksPage(webhooks.WebhooksPage):
    side, face = "buyer", "portal"


class WebhookPage(webhooks.WebhookPage):
    side, face = "buyer", "portal"
