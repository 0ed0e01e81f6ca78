"""Promises and announced transfers as the supplier sees them; AR notes what a customer promised."""

from eipp.web.expected_money import ANNOUNCED, PROMISES, ExpectedList, ExpectedView, NewExpected


class PromisesPage(ExpectedList):
    side = "supplier"
    face = "desk"
    kind = PROMISES


class PromisePage(ExpectedView):
    side = "supplier"
    face = "desk"
    kind = PROMISES


class NewPromisePage(NewExpected):
    side = "supplier"
    face = "desk"
    kind = PROMISES


class AnnouncedPaymentsPage(ExpectedList):
    side = "supplier"
    face = "desk"
    kind = ANNOUNCED


class AnnouncedPaymentPage(ExpectedView):
    side = "supplier"
    face = "desk"
    kind = ANNOUNCED
