"""Remittance advices from the supplier's side: what payers say their money is for."""

from typing import ClassVar

from eipp.web.remittances import RemittanceList, RemittanceView
from workflows.models import RemittanceAdvice


class RemittancesPage(RemittanceList):
    side = "supplier"
    face = "desk"


class RemittancePage(RemittanceView):
    """One advice with its lines and its file as it came."""

    side = "supplier"
    face: ClassVar[str] = "desk"

    @property
    def matter(self) -> RemittanceAdvice:
        return self.advice
