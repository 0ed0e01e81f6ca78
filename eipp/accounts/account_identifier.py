"""Account identifiers: by which marks in an e-invoice a supplier's customer account is recognised."""

import re
import unicodedata
from uuid import UUID

from django.db import models

from eipp.kernel.record import Entity
from eipp.kernel.tenancy import Scope

VAT, LEGAL, ENDPOINT, REFERENCE = "vat", "legal", "endpoint", "buyer_ref"
KINDS = ((VAT, "VAT id"), (LEGAL, "Legal id"), (ENDPOINT, "Electronic address"), (REFERENCE, "Buyer reference"))


class AccountIdentifier(Entity):
    """One mark of one account. Several accounts may share it (branches of one legal body); then none is certain."""

    account = models.ForeignKey("accounts.CustomerAccount", models.CASCADE, related_name="identifiers")
    supplier = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    scheme = models.CharField(max_length=10, blank=True)
    value = models.CharField(max_length=100)
    value_folded = models.CharField(max_length=400)
    scope = Scope(supplier="supplier_id", buyer="account__buyer", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "kind", "scheme", "value_folded"), name="identifier_once"),
        )
        indexes = (models.Index(fields=("supplier", "kind", "value_folded"), name="identifier_lookup"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


def folded_identifier(kind: str, value: str) -> str:
    """How two writings of one identifier are compared: without case; ids also without blanks, dots and dashes."""
    text = unicodedata.normalize("NFKC", value).casefold().strip()
    return text if kind == ENDPOINT else re.sub(r"[\W_]", "", text)


def identified(supplier_id: UUID, kind: str, value: str, scheme: str = "") -> set[UUID]:
    """The ids of the supplier's accounts with this mark; a scheme, where both sides name one, must be the same."""
    marks = AccountIdentifier.objects.filter(
        supplier_id=supplier_id, kind=kind, value_folded=folded_identifier(kind, value)
    )
    if scheme:
        marks = marks.filter(scheme__in=("", scheme))
    return set(marks.values_list("account_id", flat=True))
