"""Claims from the supplier's side; what is to be done with them is done on their disputes."""

from typing import ClassVar

from eipp.web.claims import ClaimList, ClaimView


class ClaimsPage(ClaimList):
    side = "supplier"
    face: ClassVar[str] = "desk"


class ClaimPage(ClaimView):
    """One claim with its disputes."""

    side = "supplier"
    face: ClassVar[str] = "desk"
