"""Refunds, as the payer sees them."""

from eipp.web.refunds import RefundList, RefundView


class RefundsPage(RefundList):
    side = "buyer"
    face = "portal"


class RefundPage(RefundView):
    side = "buyer"
    face = "portal"
