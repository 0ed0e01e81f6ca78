"""Which customers pay by themselves, and what will come when."""

from eipp.web.autopays import AutopayList, AutopayView


class AutopaysPage(AutopayList):
    side = "supplier"
    face = "desk"


class AutopayPage(AutopayView):
    side = "supplier"
    face = "desk"
