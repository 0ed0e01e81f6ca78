"""The supplier's own addresses that are called with each event."""

from eipp.web import webhooks


class WebhooksPage(webhooks.WebhooksPage):
    side, face = "supplier", "desk"


class WebhookPage(webhooks.WebhookPage):
    side, face = "supplier", "desk"
